// The driver's end of the line protocol (see conformance_wire.py), and the one change made to
// a client: every host name on port 443 is connected to the mock server's TLS port on loopback.
// Server names and certificate checks stay what the client makes of the name it asked for.
'use strict';

const net = require('net');
const readline = require('readline');

const HTTPS = 443;
const TLS_PORT = Number(process.env.CONFORMANCE_TLS_PORT);

const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function connectToMockServer(...args) {
  const given = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof given !== 'object' || Number(given.port) !== HTTPS) {
    throw new Error(`the client wanted to connect to ${JSON.stringify(given)}, not to an account on port 443`);
  }
  const options = { ...given, host: '127.0.0.1', port: TLS_PORT };
  const callback = args.slice(1).concat(Array.isArray(args[0]) ? args[0].slice(1) : []);
  return connect.call(this, options, ...callback.filter((item) => typeof item === 'function'));
};

/** The message of an error and of all that led to it. */
function reasons(error) {
  const said = [];
  for (let cause = error; cause; cause = cause.cause) {
    said.push(String(cause.message || cause.code || cause));
  }
  return said.join(' <- ');
}

/** Answers the runner's commands, one at a time, until it closes the pipe. */
async function serve(commands, notOffered, generic) {
  const answers = process.stdout;
  const answer = (message) => answers.write(`${JSON.stringify(message)}\n`);
  // A client that prints must not get between the lines of the protocol.
  console.log = console.error;
  answer({ commands: Object.keys(commands), not_offered: notOffered, generic });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      const result = await commands[request.command](request.arguments);
      answer({ result: result === undefined ? null : result });
    } catch (error) {
      answer({ error: { type: error.constructor.name, message: reasons(error) } });
    }
  }
  process.exit(0);
}

module.exports = { serve };
