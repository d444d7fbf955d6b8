/**
 * The attributes of a `<details>` that may start open. A bound `open={false}` would close what somebody opened before the scripts
 * ran; without the attribute it is left alone.
 */
export const startsOpen = (isOpen: boolean | undefined | null): { open?: true } =>
  isOpen ? { open: true } : {};
