import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The process of the receivers. */
export type Receivers = {
  /** How many receipts it still has to send, as last reported. */
  underWay: () => number;
  /** From now on nothing fails. */
  heal: () => void;
  stop: () => Promise<void>;
  kill: () => void;
};

/** Starts the receivers; they listen when this resolves. */
export async function startReceivers(worldPath: string, ledgerPath: string): Promise<Receivers> {
  const script = fileURLToPath(new URL("./receivers-process.ts", import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, worldPath, ledgerPath], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  await Promise.race([
    once(child, "message"),
    exited.then(([code]) => {
      throw new Error(`the receivers ended with ${code}`);
    }),
  ]);
  let underWay = 0;
  child.on("message", (message: { receiptsUnderWay?: number }) => {
    underWay = message.receiptsUnderWay ?? underWay;
  });
  return {
    underWay: () => underWay,
    heal: () => child.send("heal"),
    stop: async () => {
      child.send("stop");
      const [code] = await exited;
      if (code !== 0) throw new Error(`the receivers ended with ${code}`);
    },
    kill: () => child.kill("SIGKILL"),
  };
}
