"use strict";
// Shows the description of the API. The bundle comes with the package drf-spectacular-sidecar.
const place = document.getElementById("api-docs");
const mark = (which, attributes) => place.querySelectorAll(which).forEach((each) => {
  Object.entries(attributes).forEach(([name, value]) => each.setAttribute(name, value));
});
// What the bundle leaves out for those who hear a page: levels of headings without a gap, and a place for what stands first.
const finish = () => {
  mark("h3.opblock-tag, section.models h4", { "aria-level": "2" });
  mark(".information-container", { role: "region", "aria-label": "About the API" });
};
// Deep links are links inside buttons, which the keyboard and screen readers take amiss.
SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, deepLinking: false, validatorUrl: null, onComplete: finish });
