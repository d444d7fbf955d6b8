/** Answers who somebody is, how they authenticate, and what they were granted: users, sessions, keys, invitations. */
export {
  type Action,
  type Actor,
  actions,
  type Grant,
  type GrantScope,
  isInForce,
  may,
  type Role,
  roleActions,
  roles,
  type Scope,
  type Subject,
  scopes,
  vendorScopes,
} from "../permissions/index.ts";
export { acceptInvitation, getOpenInvitation, type OpenInvitation } from "./accept-invitation.ts";
export {
  type AccountMail,
  type AccountMailKind,
  putAccountMail,
  putAddressMail,
  recordAccountMail,
  takeAccountMails,
  tellEditors,
} from "./account-mails.ts";
export { type Auth, type AuthOptions, createAuth, type SessionCookie } from "./auth.ts";
export { auditJournal, browseJournal, checkJournal } from "./browse-journal.ts";
export { changePassword } from "./change-password.ts";
export { type CreatedKey, createKey, revokeKey } from "./create-key.ts";
export { deactivateSupplier, deactivateUser, reactivateSupplier, reactivateUser } from "./deactivate.ts";
export { createDemoKey, createDemoUser, type DemoUser } from "./demo-accounts.ts";
export {
  approveGrant,
  declineGrant,
  type GrantRequest,
  listGrantRequests,
} from "./grant-requests.ts";
export { type GivenRole, grantRole, revokeGrant } from "./grant-role.ts";
export { type FirstAdministrator, inviteFirstAdministrator } from "./invite-first-administrator.ts";
export { type Invitation, invitePasswordReset, inviteUser } from "./invite-user.ts";
export { credentialDays, isOnePerson } from "./is-one-person.ts";
export { actorForKey, actorForKeyId, actorsForKeys, type KeyAnswer } from "./key-actor.ts";
export { findOwnKey, type ListedKey, listKeys } from "./list-keys.ts";
export {
  getUser,
  type ListedUser,
  listInvitations,
  listUsers,
  type PendingInvitation,
  type UserFilter,
} from "./list-users.ts";
export { actorForUserId, type HeldGrant } from "./load-user.ts";
export { addressIn, isWithin, networkOf } from "./networks.ts";
export { type PasswordFault, passwordFault } from "./password-fault.ts";
export { resetSecondFactor } from "./reset-second-factor.ts";
export {
  AcceptedInvitation,
  AccountId,
  AuthenticatorCode,
  ChangedPassword,
  Credentials,
  InvitationToken,
  NewGrant,
  NewInvitation,
  NewKey,
  NewPassword,
  ScopeOfGrant,
  SecondFactorCode,
  Username,
} from "./schemas.ts";
export {
  confirmSecondFactor,
  countBackupCodes,
  prepareSecondFactor,
  removeSecondFactor,
  renewBackupCodes,
  type SecondFactor,
} from "./second-factor.ts";
export { hashSecret, newKeyText } from "./secrets.ts";
export {
  actorForSession,
  findSession,
  listOwnSessions,
  type OwnRequest,
  type OwnSession,
  revokeOtherSessions,
  revokeOwnSession,
  type Session,
  signOut,
} from "./sessions.ts";
export { type LoginRequest, type SignIn, signIn, signInWithCode } from "./sign-in.ts";
export { isVendorsOwn } from "./subjects.ts";
export { isAdmitted } from "./where-in-force.ts";
export { withdrawInvitation } from "./withdraw-invitation.ts";
