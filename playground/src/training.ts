// Where the training runs: a worker made from this module's own text, or the page itself where workers are refused.

import source from "worker:worker";
import { Job } from "./job";
import type { Order, Report } from "./messages";

export interface Training {
  readonly where: "worker" | "page";
  send(order: Order): void;
  end(): void;
}

export function startTraining(onReport: (report: Report) => void): Training {
  try {
    return inWorker(onReport);
  } catch {
    return onPage(onReport);
  }
}

function inWorker(onReport: (report: Report) => void): Training {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address, { name: "autoencoder playground" });
  let stand: Training | null = null; // takes over when the worker is refused only after it was made
  const early: Order[] = [];
  let alive = false;
  worker.onmessage = (event) => {
    alive = true;
    URL.revokeObjectURL(address);
    onReport(event.data);
  };
  worker.onerror = (event) => {
    if (alive || stand) return onReport({ type: "failed", message: event.message });
    worker.terminate();
    stand = onPage(onReport);
    for (const order of early) stand.send(order);
  };
  return {
    get where() {
      return stand ? "page" : "worker";
    },
    send(order) {
      if (stand) return stand.send(order);
      if (!alive) early.push(order);
      worker.postMessage(order);
    },
    end() {
      worker.terminate();
      stand?.end();
    },
  };
}

function onPage(onReport: (report: Report) => void): Training {
  let ended = false;
  const job = new Job((report) => {
    if (!ended) onReport(report);
  }, 8);
  return {
    where: "page",
    send: (order) => job.receive(order),
    end() {
      ended = true;
      job.close();
    },
  };
}
