/** Answers what a location number shall receive and send after steps such as moving, ending or a new version. */
export { mayInterrupt, wantedAfterSteps } from "./apply-steps.ts";
export { RegistrationStep, stepsMax } from "./schemas.ts";
