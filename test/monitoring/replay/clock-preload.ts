/**
 * Loaded into a pitot with `--import`: its clock stands still at REPLAY_CLOCK_MS, except that the parent process sets it (`{ nowMs }`
 * over IPC, answered when it is set).
 */
const started = Number(process.env.REPLAY_CLOCK_MS);
let nowMs = started;

Date.now = () => nowMs;
performance.now = () => nowMs - started;
process.on('message', (message: { nowMs: number }) => {
  nowMs = message.nowMs;
  process.send!(nowMs);
});
// The channel to the parent does not keep pitot from ending.
process.channel!.unref();
