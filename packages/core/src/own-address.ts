const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;

/**
 * Why the demo must not run on `host`; undefined when it may. Demo accounts and webhooks to this machine are for local use only:
 * on an address reachable by others the demo must be enabled explicitly (DEMO_PUBLIC=1).
 */
export function publicDemoFault(settings: {
  host: string;
  isDemo: boolean;
  isPublicDemo: boolean;
}): string | undefined {
  if (!settings.isDemo || settings.isPublicDemo || loopback.test(settings.host)) return undefined;
  return `HOST ${settings.host} opens the demo to other machines: set DEMO=0, or DEMO_PUBLIC=1 as well if that is meant.`;
}

/** The address (http, no trailing slash) at which this machine itself reaches a server that listens on `host`. */
export function localAddress(host: string, port: number): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
