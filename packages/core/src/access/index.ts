/** Answers who somebody is, how they prove it, and what they were granted: users, sessions, keys, invitations. */
export {
  type Action,
  type Actor,
  actions,
  type Grant,
  type GrantScope,
  may,
  type Role,
  roleActions,
  roles,
  type Scope,
  type Subject,
  scopes,
} from "../permissions/index.ts";
