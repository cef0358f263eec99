'use strict';
const express = require('express');
const { status } = require('firstlight');
const serveOnce = require('./serve-once.cjs');

serveOnce(express(), status);
