"use strict";
// Shows the description of the API. The bundle comes with the package drf-spectacular-sidecar.
const place = document.getElementById("api-docs");
SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, deepLinking: true, validatorUrl: null });
