'use strict';
/*
 * The Node.js that `npm ci` installs for a checkout (packaging/node). In syntax that Node.js 12 can parse.
 *
 * Run as a script, it makes the link node_modules/.bin/node if it is missing: npm 10 deletes it when it removes the packages for other
 * platforms, which have a command of the same name.
 */
var fs = require('fs');
var path = require('path');

var modules = path.resolve(__dirname, '../node_modules');
var platform = process.platform === 'win32' ? 'win' : process.platform;
var prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
var program = [prefix, platform, process.arch].join('-') + '/bin/' + (platform === 'win' ? 'node.exe' : 'node');

/** Path of the executable, or undefined if it is not installed. */
exports.path = fs.existsSync(path.join(modules, program)) ? path.join(modules, program) : undefined;

if (require.main === module && exports.path) {
  if (platform !== 'win') link('node', function (file) { fs.symlinkSync('../' + program, file); });
  else link('node.cmd', function (file) { fs.writeFileSync(file, '@"%~dp0..\\' + program.replace(/\//g, '\\') + '" %*\r\n'); });
}

function link(name, create) {
  var file = path.join(modules, '.bin', name);
  if (!fs.existsSync(file)) create(file);
}
