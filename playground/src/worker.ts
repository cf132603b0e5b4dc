import { Job } from "./job";

const scope = self as unknown as Worker;
const job = new Job((report, transfer) => scope.postMessage(report, transfer), 25);
scope.onmessage = (event) => job.receive(event.data);
