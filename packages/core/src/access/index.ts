/** Answers who somebody is and what they may do. */
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
} from "./permissions.ts";
