import { APIError } from "better-auth/api";

/** What better-auth answers, or undefined when it refuses what the client gave; its own failures fly. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof APIError && error.statusCode < 500) return undefined;
    throw error;
  }
}
