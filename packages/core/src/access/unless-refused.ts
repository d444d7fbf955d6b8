import { APIError } from "better-auth/api";

/** The result of better-auth, or undefined when it rejects the client's input; its internal errors are rethrown. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof APIError && error.statusCode < 500) return undefined;
    throw error;
  }
}
