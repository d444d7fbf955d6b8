/** Answers what is planned for the register: milestones by day or quarter, their states and how they changed. */
export { roadmapCalendar } from "./calendar.ts";
export { dueText, quarterOf } from "./due.ts";
export {
  createMilestone,
  getMilestone,
  listMilestones,
  type Milestone,
  saveMilestone,
} from "./milestones.ts";
export { MilestoneForm, type MilestoneState, milestoneStates } from "./schemas.ts";
