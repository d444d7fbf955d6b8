/** Answers who of the public is mailed which notices: signing up, choosing, leaving, and what each mail says. */
export { composeNoticeMail } from "./compose-mail.ts";
export { changeNoticeSubscription, findNoticeSubscription, resumeNoticeSubscription } from "./manage.ts";
export { packNoticeMails } from "./pack-notices.ts";
export { NoticeSubscriptionForm, type NoticeWishes, NoticeWishesForm } from "./schemas.ts";
export { confirmNoticeSubscription, findConfirmation, signUpForNotices } from "./sign-up.ts";
export { remindOfWindows, spreadNotices } from "./spread-notices.ts";
