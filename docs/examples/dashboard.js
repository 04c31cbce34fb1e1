/** A dashboard in sixty lines: the board whenever it changes, and the changes as they come. */
import { Tracker } from "../../clients/tracker-client.js";

const asked = new URLSearchParams(location.search);
const root = asked.get("api") ?? "http://127.0.0.1:8000/api/v1";
const plan = asked.get("plan") ?? "28-point-framework";
const tracker = new Tracker(root, { onFailure: (failure) => say(`No answer (${failure.message}); asking again.`) });
const $ = (id) => document.getElementById(id);

function say(text) {
  $("state").textContent = text;
}

function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

function show(board, labels) {
  $("title").textContent = board.title;
  // A count a level, in the order of the rule; never one percentage.
  const tiles = Object.entries(board.vector).map(([level, lines]) =>
    element("div", element("dt", labels.get(level) ?? level), element("dd", String(lines))),
  );
  $("levels").replaceChildren(...tiles);
  const rows = board.results.map((row) =>
    element(
      "tr",
      element("td", row.number ?? "–"),
      element("td", row.title),
      element("td", labels.get(row.level) ?? "not worked out yet"),
      element("td", row.updated ?? "–"),
    ),
  );
  $("lines").replaceChildren(...rows);
  say(`Change ${board.seq}${board.assessed_seq < board.seq ? "; levels are being worked out" : ""}`);
}

async function keepBoard() {
  const levels = await tracker.get("codelists/level");
  const labels = new Map(levels.results.map((each) => [each.value, each.label]));
  for await (const board of tracker.poll(`plans/${plan}/board`)) show(board, labels);
}

async function keepChanges() {
  for await (const { change } of tracker.changes(plan)) {
    if (!change) continue;
    $("changes").querySelector(".none")?.remove();
    $("changes").prepend(element("li", `${change.resource} ${change.id}: ${change.kind}`));
  }
}

for (const keep of [keepBoard, keepChanges]) keep().catch((failure) => say(`The tracker says: ${failure.message}`));
