import type { RunningPortal } from "./portal.ts";

/** Acts as a browser without JavaScript: keeps cookies and posts forms with the portal's origin; does not follow redirects. */
type Member = {
  get: (path: string) => Promise<Response>;
  post: (path: string, fields: Record<string, string>, headers?: Record<string, string>) => Promise<Response>;
  cookies: Map<string, string>;
};

/** A visitor of a running portal, not logged in. */
export function visit(
  { origin }: Pick<RunningPortal, "origin">,
  cookies = new Map<string, string>(),
): Member {
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const answer = await fetch(origin + path, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ""] = line.split(";", 1);
      const at = pair.indexOf("=");
      if (/max-age=0/i.test(line)) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  };
  return {
    cookies,
    get: (path) => send(path, {}),
    post: (path, fields, headers = {}) =>
      send(path, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { origin, accept: "text/html", ...headers },
      }),
  };
}

/** A visitor who has logged in through the form; throws when that fails. */
export async function logIn(portal: Pick<RunningPortal, "origin">, username: string, password: string) {
  const member = visit(portal);
  const answer = await member.post("/login?/password", { username, password, next: "/start" });
  if (answer.status !== 303) throw new Error(`logging in answered ${answer.status}: ${await answer.text()}`);
  return member;
}
