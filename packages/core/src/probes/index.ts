/** Answers whether endpoints respond: scheduled probes, tests on demand, and health. */
export { askEndpoint, type EndpointAnswer, type EndpointQuestion } from "./ask-endpoint.ts";
export { endpointHealth } from "./endpoint-health.ts";
export { type EndpointLoad, endpointLoads, endpointTraffic, type TrafficHour } from "./endpoint-traffic.ts";
export { orderFolderTest, takeFolderTests, tryWantedFolder, type WantedFolder } from "./folder-tests.ts";
export { type EndpointFigures, measureEndpoints, noteVerifications } from "./measure-endpoints.ts";
export { type FoundAnswer, recordProbe } from "./record-probe.ts";
export {
  CertificateView,
  EndpointHealth,
  EndpointProbe,
  EndpointTest,
  ProbeDetail,
  ProbeFault,
  ProbeMethod,
} from "./schemas.ts";
export { type CheckQuestion, type TakenCheck, takeChecks } from "./take-checks.ts";
export { type TestedEndpoint, testEndpoint, testTimeoutSeconds } from "./test-endpoint.ts";
export { testEvent } from "./test-event.ts";
