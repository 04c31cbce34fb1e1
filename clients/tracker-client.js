/**
 * Ask a Provision Tracker politely: one module, nothing to install or build.
 *
 *     import { Tracker } from "./tracker-client.js";
 *     const tracker = new Tracker("http://127.0.0.1:8000/api/v1");
 *     for await (const board of tracker.poll("plans/28-point-framework/board")) show(board);
 *
 * `poll` yields an answer now and whenever it changes; `changes` the log of a plan, each change once; `mirror` a plan's
 * snapshot and the changes that follow it; `rows` all rows of a list. They ask with the ETag of what they hold, as often
 * as the site wants to be asked, and wait longer each time that it does not answer. An AbortSignal ends them.
 */

const POLL_SECONDS = 10;
const SHORTEST_BACK_OFF = 2;
const LONGEST_BACK_OFF = 300;
// So that readers that were cut off together do not come back together.
const JITTER = 0.25;
// Of the other answers that are no answer, asking again would not help.
const WORTH_ASKING_AGAIN = [429, 500, 502, 503, 504];

/** What the site says is wrong with an asking (RFC 9457). `code` stays the same for the same problem. */
export class Problem extends Error {
  constructor(told, status, retryAfter) {
    super(`${status} ${told.code ?? ""}: ${told.detail ?? ""}`);
    this.name = "Problem";
    this.told = told;
    this.status = status;
    this.code = told.code ?? "";
    this.retryAfter = retryAfter;
  }
}

/** One site, by the address at which its API begins. */
export class Tracker {
  #root;
  #rest;
  #onFailure;

  /** `onFailure` is told of each failure after which it will be asked again. */
  constructor(root, { rest = restFor, onFailure = () => {} } = {}) {
    this.#root = root.replace(/\/+$/, "");
    this.#rest = rest;
    this.#onFailure = onFailure;
  }

  /** What is told there now. Throws Problem, TypeError where the site cannot be reached. */
  async get(path, asked = {}, { signal } = {}) {
    return (await this.#ask(this.#address(path, asked), { signal })).body;
  }

  /** All rows of a list, page by page. */
  async *rows(path, asked = {}, { signal } = {}) {
    let address = this.#address(path, asked);
    while (address) {
      const { body } = await this.#ask(address, { signal });
      yield* body.results;
      address = body.next;
    }
  }

  /** What is told there, now and whenever it changes, without end. Throws Problem where asking is of no use. */
  async *poll(path, asked = {}, { signal } = {}) {
    const address = this.#address(path, asked);
    let held = { tag: "", pollSeconds: POLL_SECONDS };
    for (;;) {
      const answer = await this.#insisting(() => this.#ask(address, { tag: held.tag, signal }), signal);
      if (answer !== null) {
        held = answer;
        yield answer.body;
      }
      await this.#pause(held.pollSeconds, signal);
    }
  }

  /**
   * The log of a plan from a cursor on, each change once, as `{change}`, without end. After a restore it yields the
   * record as it is then, as `{snapshot}`, and goes on from there.
   */
  async *changes(plan, { since = "now", wait = 25, signal } = {}) {
    let cursor = since;
    for (;;) {
      const asked = wait ? { since: cursor, limit: 1000, wait } : { since: cursor, limit: 1000 };
      let page;
      try {
        page = await this.#insisting(() => this.get(`plans/${plan}/changes`, asked, { signal }), signal);
      } catch (problem) {
        if (problem.status !== 410) throw problem;
        const snapshot = await this.#begun(plan, signal);
        cursor = snapshot.next;
        yield { snapshot };
        continue;
      }
      for (const change of page.results) yield { change };
      cursor = page.next;
      // Where nobody could wait, the answer came at once.
      if (!page.has_more && !(wait && page.results.length)) await this.#pause(wait ? 1 : POLL_SECONDS, signal);
    }
  }

  /** A plan's record, as `{snapshot}`, and from then on every change of it: all that a copy needs to stay one. */
  async *mirror(plan, { wait = 25, signal } = {}) {
    const snapshot = await this.#begun(plan, signal);
    yield { snapshot };
    yield* this.changes(plan, { since: snapshot.next, wait, signal });
  }

  #begun(plan, signal) {
    return this.#insisting(() => this.get(`plans/${plan}/snapshot`, {}, { signal }), signal);
  }

  async #insisting(ask, signal) {
    for (let failures = 0; ; failures += 1) {
      let least = 0;
      try {
        return await ask();
      } catch (failure) {
        signal?.throwIfAborted();
        const isProblem = failure instanceof Problem;
        if (isProblem ? !WORTH_ASKING_AGAIN.includes(failure.status) : !(failure instanceof TypeError)) throw failure;
        least = failure.retryAfter ?? 0;
        this.#onFailure(failure);
      }
      const longer = Math.min(SHORTEST_BACK_OFF * 2 ** failures, LONGEST_BACK_OFF);
      await this.#pause(Math.max(longer, least), signal);
    }
  }

  #pause(seconds, signal) {
    return this.#rest(seconds * (1 + JITTER * Math.random()), signal);
  }

  #address(path, asked) {
    const address = new URL(path.includes("://") ? path : `${this.#root}/${path.replace(/^\/+/, "")}`, globalThis.location?.href);
    for (const [name, given] of Object.entries(asked)) {
      for (const value of [given].flat()) address.searchParams.append(name, value);
    }
    return address.href;
  }

  /** The answer, or null where what the reader holds is still true. */
  async #ask(address, { tag = "", signal } = {}) {
    // The browser's own cache would answer in our place.
    const answer = await fetch(address, {
      headers: tag ? { "If-None-Match": tag } : {},
      cache: "no-store",
      credentials: "omit",
      signal,
    });
    if (answer.status === 304) return null;
    if (!answer.ok) throw await problemOf(answer);
    return {
      body: await answer.json(),
      tag: answer.headers.get("ETag") ?? "",
      pollSeconds: Number(answer.headers.get("X-Poll-Interval") ?? POLL_SECONDS),
    };
  }
}

async function problemOf(answer) {
  // Something between the reader and the site may have answered.
  const told = await answer.json().catch(() => ({ detail: answer.statusText }));
  return new Problem(told, answer.status, Number(answer.headers.get("Retry-After")) || null);
}

function restFor(seconds, signal) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();
  });
}
