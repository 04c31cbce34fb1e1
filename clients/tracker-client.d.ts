/** Types of tracker-client.js. */

export interface Change {
  seq: number;
  recorded_at: string;
  kind: "added" | "changed" | "retracted" | "assessed";
  resource: string;
  id: string;
  version: number;
  url: string | null;
  fields: string[] | null;
}

export type Asked = Record<string, string | number | ReadonlyArray<string | number>>;

export interface Until {
  signal?: AbortSignal;
}

export interface Follow extends Until {
  wait?: number;
}

export type Followed = { change: Change; snapshot?: undefined } | { snapshot: Record<string, unknown>; change?: undefined };

export declare class Problem extends Error {
  readonly told: Record<string, unknown>;
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | null;
}

export interface Options {
  rest?: (seconds: number, signal?: AbortSignal) => Promise<void>;
  onFailure?: (failure: Error) => void;
}

export declare class Tracker {
  constructor(root: string, options?: Options);
  get<Body = unknown>(path: string, asked?: Asked, until?: Until): Promise<Body>;
  rows<Row = Record<string, unknown>>(path: string, asked?: Asked, until?: Until): AsyncGenerator<Row, void>;
  poll<Body = unknown>(path: string, asked?: Asked, until?: Until): AsyncGenerator<Body, never>;
  changes(plan: string, follow?: Follow & { since?: string }): AsyncGenerator<Followed, never>;
  mirror(plan: string, follow?: Follow): AsyncGenerator<Followed, never>;
}
