'use strict';
/*
 * `npm start` and `npm run pitot` run this file. It starts src/main.ts, or prints one line that says what the checkout lacks. Its syntax is
 * limited to what Node.js 12 can parse.
 */
var path = require('path');
var needed = Number(/\d+/.exec(require('../package.json').engines.node)[0]);

if (Number(process.versions.node.split('.')[0]) >= needed) {
  import('../src/main.ts').catch(function (error) {
    var missing = error.code === 'ERR_MODULE_NOT_FOUND' && /Cannot find package '[^']+'/.exec(error.message);
    if (!missing) throw error;
    leave(missing[0] + '.');
  });
} else {
  var node = require('./checkout-node.cjs').path;
  if (node) runWith(node);
  else leave('Node.js ' + needed + ' or later is missing: this is ' + process.versions.node + ' (' + process.execPath + ').');
}

function leave(reason) {
  var install = '`npm ci --include=dev --include=optional` in ' + path.resolve(__dirname, '..') + ' installs it.';
  process.stderr.write('pitot: ' + reason + ' ' + install + '\n');
  process.exit(1);
}

/** Starts this file again with another Node.js, and stands for that process. */
function runWith(node) {
  var args = process.execArgv.concat(process.argv.slice(1));
  var child = require('child_process').spawn(node, args, { stdio: 'inherit' });
  // The terminal sends Ctrl-C to the child, too.
  process.on('SIGINT', function () {});
  ['SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () { child.kill(signal); });
  });
  child.on('exit', function (code) { process.exit(code === null ? 1 : code); });
}
