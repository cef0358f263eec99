import 'reflect-metadata';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import requests from './bodies/requests.cjs';

class Users {
  get(id) {
    return `user ${id}`;
  }
}
Param('id')(Users.prototype, 'get', 0);
Get('users/:id')(Users.prototype, 'get', Object.getOwnPropertyDescriptor(Users.prototype, 'get'));
Controller('api')(Users);
class Application {}
Module({ controllers: [Users] })(Application);

const app = await NestFactory.create(Application, { logger: false });
await app.listen(0, '127.0.0.1');
await requests(app.getHttpServer(), '/api/users/7');
