/** Answers what the newsletter says: issues made of articles, who is mailed, the archive, and how the sending goes. */
export {
  issueMail,
  packNewsletterMails,
  readIssueFigures,
  sendTestMail,
  spreadNewsletters,
} from "./issue-mail.ts";
export {
  createIssue,
  getIssue,
  getSentIssue,
  type Issue,
  listIssues,
  listSentIssues,
  saveIssue,
  sendIssue,
} from "./issues.ts";
export { IssueForm, IssueNumber, SendForm, TestMailForm } from "./schemas.ts";
