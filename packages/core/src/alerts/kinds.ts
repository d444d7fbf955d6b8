/** The closed set of kinds of alerts. */
export const alertKinds = [
  "endpoint-down",
  "queue-old",
  "head-of-line",
  "dead-letters",
  "messages-overdue",
  "receipts-overdue",
  "certificate-expiring",
  "prune-failed",
  "snapshot-failed",
  "vendor-switch-halted",
  "back-pressure",
  "clock-skew",
  "notice-overdue",
] as const;
export type AlertKind = (typeof alertKinds)[number];

export const alertSeverities = ["minor", "serious"] as const;
/** `serious` is not delayed by quiet hours and digests. */
export type AlertSeverity = (typeof alertSeverities)[number];

export type AlertRule = {
  severity: AlertSeverity;
  /** How long the fault must be present before anybody is notified. */
  openAfterSeconds: number;
  /** How long it must be absent before it is closed; longer when it flaps. */
  closeAfterSeconds: number;
};

const minute = 60;

/** When a fault of each kind becomes an incident, and when that is closed. */
export const alertRules: Readonly<Record<AlertKind, AlertRule>> = {
  "endpoint-down": { severity: "serious", openAfterSeconds: minute, closeAfterSeconds: 2 * minute },
  "queue-old": { severity: "serious", openAfterSeconds: 2 * minute, closeAfterSeconds: 5 * minute },
  "head-of-line": { severity: "serious", openAfterSeconds: 0, closeAfterSeconds: minute },
  "dead-letters": { severity: "minor", openAfterSeconds: 0, closeAfterSeconds: minute },
  "messages-overdue": { severity: "serious", openAfterSeconds: 0, closeAfterSeconds: minute },
  "receipts-overdue": { severity: "minor", openAfterSeconds: 5 * minute, closeAfterSeconds: 5 * minute },
  "certificate-expiring": { severity: "minor", openAfterSeconds: 0, closeAfterSeconds: minute },
  "prune-failed": { severity: "minor", openAfterSeconds: 0, closeAfterSeconds: 0 },
  "snapshot-failed": { severity: "serious", openAfterSeconds: 0, closeAfterSeconds: 0 },
  "vendor-switch-halted": { severity: "serious", openAfterSeconds: 0, closeAfterSeconds: 0 },
  "back-pressure": { severity: "serious", openAfterSeconds: 30, closeAfterSeconds: 5 * minute },
  "clock-skew": { severity: "serious", openAfterSeconds: 0, closeAfterSeconds: minute },
  "notice-overdue": { severity: "serious", openAfterSeconds: 0, closeAfterSeconds: 0 },
};

/** Whether a severity is at least another. */
export function isAtLeast(severity: AlertSeverity, least: AlertSeverity): boolean {
  return alertSeverities.indexOf(severity) >= alertSeverities.indexOf(least);
}
