/** Where the gateway is, and how it is asked. */
export type Origin = {
  /** Address of the gateway, such as `https://sor.example.dk`. */
  from: string;
  /** An API key; without it only what needs none is asked for. */
  key?: string | undefined;
  /** Ends every question. */
  signal?: AbortSignal | undefined;
};

/** An answer that was not the one asked for. */
export class AnswerError extends Error {
  readonly status: number;
  readonly problem: Record<string, unknown>;
  constructor(status: number, problem: Record<string, unknown>, path: string) {
    const { title } = problem;
    super(`the gateway answered ${status} to ${path}${typeof title === "string" ? `: ${title}` : ""}`);
    this.status = status;
    this.problem = problem;
  }
}

const waitSeconds = 60;

/** Asks for a path; throws `AnswerError` for other answers than 200, and what `fetch` throws when there is none within a minute more than `seconds`. */
export async function ask({ from, key, signal }: Origin, path: string, seconds = 0): Promise<Response> {
  const timeout = AbortSignal.timeout((seconds + waitSeconds) * 1000);
  const answer = await fetch(new URL(path, from), {
    headers: { "user-agent": "sor-client/0.1", ...(key && { authorization: `Bearer ${key}` }) },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  if (answer.status === 200) return answer;
  const text = await answer.text();
  throw new AnswerError(answer.status, problemIn(text), path);
}

function problemIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Waits, or until the signal. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
