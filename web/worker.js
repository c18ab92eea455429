// Runs the simulator away from the page. Asked with { id, module, args, env, files }; answers with { id, said } while
// it runs and { id, status, stdout, stderr, files } at the end.
import { Wasi } from "./wasi.js";

self.onmessage = ({ data: { id, module, args, env, files } }) => {
  try {
    const wasi = new Wasi({ args, env, files, onError: (said) => self.postMessage({ id, said }) });
    self.postMessage({ id, ...wasi.run(module) });
  } catch (error) {
    self.postMessage({ id, status: 134, stdout: new Uint8Array(0), stderr: new TextEncoder().encode(`error: the simulator broke off: ${error}\n`), files: {} });
  }
};
