/** Answers lookups from a local copy of the routing table, and keeps a folder of files in step with the register. */
export { followRegister, type Mirror, type MirrorOptions, type MirrorState } from "./mirror.ts";
export type { Route, RouteMiss, RouteOutcome, RouteQuestion } from "./resolve.ts";
export { createResolver, type Resolver, type ResolverOptions, type ResolverState } from "./resolver.ts";
export { createSetHash } from "./set-hash.ts";
