import express from 'express';
import { status } from 'firstlight';
import serveOnce from './serve-once.cjs';

serveOnce(express(), status);
