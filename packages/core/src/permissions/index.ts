/** Answers whether an actor may do something: actors, roles, grants and scopes, decided without a database. */
export {
  type Action,
  type Actor,
  actions,
  type Grant,
  type GrantScope,
  isInForce,
  may,
  mayAnywhere,
  type Role,
  roleActions,
  roles,
  type Scope,
  type Subject,
  scopes,
} from "./permissions.ts";
