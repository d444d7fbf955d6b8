const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;

/**
 * What is wrong with running the demo on `host`; undefined when nothing is. Demo accounts and webhooks to this machine are for
 * this machine alone: on an address that others reach, the demo must be asked for twice (DEMO_PUBLIC=1).
 */
export function publicDemoFault(settings: {
  host: string;
  isDemo: boolean;
  isPublicDemo: boolean;
}): string | undefined {
  if (!settings.isDemo || settings.isPublicDemo || loopback.test(settings.host)) return undefined;
  return `HOST ${settings.host} opens the demo to other machines: set DEMO=0, or DEMO_PUBLIC=1 as well if that is meant.`;
}

/** The address (http, no slash at its end) under which this machine itself reaches a server that listens on `host`. */
export function localAddress(host: string, port: number): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
