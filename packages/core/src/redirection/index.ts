/** Moves waiting deliveries when a location number, an endpoint or a transport changes. */
export { keepOnly, renewEnvelope } from "./carve-delivery.ts";
export { endDrains } from "./end-drains.ts";
export { begunAnew, isMovable, moveMessages, type Way } from "./move-messages.ts";
export { followMovedLocations, type Tended, tendDeliveries } from "./tend-deliveries.ts";
