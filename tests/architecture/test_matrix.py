"""Who may ask what (R39): every route and every socket event, asked for real by every kind of person.

One line a route, one column a person. A route without a line fails, and so does a line without a route. "ended" has
signed out of a session of Anna's; "off" is a customer whose account was closed while signed in. Whatever a line names
is Anna's: her repair, her notification, her session.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID, uuid4

import httpx
import msgspec
import psycopg
import pytest
from litestar.handlers import HTTPRouteHandler
from socketio.exceptions import ConnectionError as Refused

from revivatech.accounts import service as accounts
from revivatech.cache.store import Cache
from revivatech.db import Database
from revivatech.kit.actor import SYSTEM
from revivatech.realtime.contracts import SessionsEnded
from revivatech.settings import Settings
from revivatech.web.access import is_open
from support.belongings import ADDRESS, keep_address, keep_device
from support.belongings import DEVICE as OWN_DEVICE
from support.crawling import NEEDED, filled
from support.desk import DEVICE, Desk, open_desk
from support.exporting import done
from support.listening import listening
from support.people import PASSWORD, PASSWORD_HASH, People, Person
from support.pictures import keep_avatar
from support.routes import Route, handlers_of, routes_of, socket_events_of
from support.serving import SAME_ORIGIN, Served

pytestmark = pytest.mark.anyio

ACTORS = ("nobody", "anna", "ben", "tom", "fay", "mia", "ada", "ended", "off")

# Asked with a bearer token.
API = """
                                                           nobody anna ben  tom  fay  mia  ada  ended off
GET    /api/openapi.json                                   200    200  200  200  200  200  200  200   200
GET    /health/live                                        200    200  200  200  200  200  200  200   200
GET    /health/ready                                       200    200  200  200  200  200  200  200   200
GET    /metrics                                            200    200  200  200  200  200  200  200   200

POST   /api/customer/auth/login                            200    200  200  200  200  200  200  200   200
POST   /api/customer/auth/challenge                        200    200  200  200  200  200  200  200   200
POST   /api/customer/auth/refresh                          401    401  401  401  401  401  401  401   401
POST   /api/customer/auth/logout                           204    204  204  204  204  204  204  204   204
POST   /api/customer/auth/register                         202    202  202  202  202  202  202  202   202
POST   /api/customer/auth/verify-email                     410    410  410  410  410  410  410  410   410
POST   /api/customer/auth/resend-verification              202    202  202  202  202  202  202  202   202
POST   /api/customer/auth/forgot-password                  202    202  202  202  202  202  202  202   202
POST   /api/customer/auth/reset-password                   410    410  410  410  410  410  410  410   410
POST   /api/customer/auth/accept-invitation                410    410  410  410  410  410  410  410   410
POST   /api/customer/auth/sign-in-link                     202    202  202  202  202  202  202  202   202
POST   /api/customer/auth/sign-in-link/use                 410    410  410  410  410  410  410  410   410
POST   /api/customer/auth/confirm-email                    410    410  410  410  410  410  410  410   410
GET    /api/customer/profile                               401    200  200  401  401  401  401  401   401
PUT    /api/customer/profile/password                      401    403  403  401  401  401  401  401   401
POST   /api/customer/profile/email                         401    403  403  401  401  401  401  401   401
PUT    /api/customer/profile                               401    200  200  401  401  401  401  401   401
GET    /api/customer/avatar/{avatar_id:uuid}               401    200  404  401  401  401  401  401   401
GET    /api/staff/customers/{customer_id:uuid}/avatar      401    401  401  403  404  404  404  401   401
POST   /api/customer/profile/avatar                        401    422  422  401  401  401  401  401   401
DELETE /api/customer/profile/avatar                        401    204  204  401  401  401  401  401   401
POST   /api/customer/profile/phone/verification            401    404  404  401  401  401  401  401   401
POST   /api/customer/profile/phone/verify                  401    410  410  401  401  401  401  401   401
GET    /api/customer/sessions                              401    200  200  401  401  401  401  401   401
DELETE /api/customer/sessions/{session_id:uuid}            401    204  404  401  401  401  401  401   401
POST   /api/customer/auth/login/2fa                        401  401  401  401  401  401  401  401  401
POST   /api/customer/auth/passkey/options                  409  409  409  409  409  409  409  409  409
POST   /api/customer/auth/passkey/verify                   409  409  409  409  409  409  409  409  409
GET    /api/customer/profile/2fa                           401  200  200  401  401  401  401  401  401
DELETE /api/customer/profile/2fa                           401  403  403  401  401  401  401  401  401
POST   /api/customer/profile/2fa/enable                    401  403  403  401  401  401  401  401  401
POST   /api/customer/profile/2fa/verify                    401  409  409  401  401  401  401  401  401
POST   /api/customer/profile/2fa/recovery-codes            401  403  403  401  401  401  401  401  401
GET    /api/customer/profile/passkeys                      401  200  200  401  401  401  401  401  401
POST   /api/customer/profile/passkeys                      401  409  409  401  401  401  401  401  401
POST   /api/customer/profile/passkeys/options              401  409  409  401  401  401  401  401  401
PATCH  /api/customer/profile/passkeys/{passkey_id:uuid}    401  404  404  401  401  401  401  401  401
DELETE /api/customer/profile/passkeys/{passkey_id:uuid}    401  404  404  401  401  401  401  401  401
DELETE /api/customer/sessions                              401  204  204  401  401  401  401  401  401
GET    /api/customer/activity                              401    200  200  401  401  401  401  401   401
GET    /api/customer/addresses                             401    200  200  401  401  401  401  401   401
POST   /api/customer/addresses                             401    201  201  401  401  401  401  401   401
GET    /api/customer/addresses/{address_id:uuid}           401    200  404  401  401  401  401  401   401
PUT    /api/customer/addresses/{address_id:uuid}           401    200  404  401  401  401  401  401   401
DELETE /api/customer/addresses/{address_id:uuid}           401    204  404  401  401  401  401  401   401
GET    /api/customer/devices                               401    200  200  401  401  401  401  401   401
POST   /api/customer/devices                               401    201  201  401  401  401  401  401   401
GET    /api/customer/devices/{device_id:uuid}              401    200  404  401  401  401  401  401   401
PUT    /api/customer/devices/{device_id:uuid}              401    200  404  401  401  401  401  401   401
DELETE /api/customer/devices/{device_id:uuid}              401    204  404  401  401  401  401  401   401
GET    /api/customer/repairs                               401    200  200  401  401  401  401  401   401
GET    /api/customer/repairs/{repair_id:uuid}              401    200  404  401  401  401  401  401   401
GET    /api/customer/repairs/{repair_id:uuid}/timeline     401    200  404  401  401  401  401  401   401
GET    /api/customer/dashboard/stats                       401    200  200  401  401  401  401  401   401
GET    /api/customer/dashboard/activity                    401    200  200  401  401  401  401  401   401
GET    /api/customer/dashboard/appointments                401    200  200  401  401  401  401  401   401
GET    /api/customer/notifications                         401    200  200  401  401  401  401  401   401
PUT    /api/customer/notifications/{notification_id:uuid}/read  401 200 404 401  401  401  401  401   401
PUT    /api/customer/notifications/read-all                401    200  404  401  401  401  401  401   401
GET    /api/customer/preferences                           401    200  200  401  401  401  401  401   401
PUT    /api/customer/preferences                           401    200  200  401  401  401  401  401   401
GET    /api/customer/notifications/preferences             401    200  200  401  401  401  401  401   401
PUT    /api/customer/notifications/preferences             401    200  200  401  401  401  401  401   401
GET    /api/customer/events                                401    200  200  401  401  401  401  401   401

POST   /api/staff/auth/login                               200    200  200  200  200  200  200  200   200
POST   /api/staff/auth/refresh                             401    401  401  401  401  401  401  401   401
POST   /api/staff/auth/logout                              204    204  204  204  204  204  204  204   204
GET    /api/staff/profile                                  401    401  401  200  200  200  200  401   401
POST   /api/staff/auth/login/2fa                           401  401  401  401  401  401  401  401  401
POST   /api/staff/auth/passkey/options                     409  409  409  409  409  409  409  409  409
POST   /api/staff/auth/passkey/verify                      409  409  409  409  409  409  409  409  409
GET    /api/staff/profile/2fa                              401  401  401  200  200  200  200  401  401
DELETE /api/staff/profile/2fa                              401  401  401  403  403  403  403  401  401
POST   /api/staff/profile/2fa/enable                       401  401  401  403  403  403  403  401  401
POST   /api/staff/profile/2fa/verify                       401  401  401  409  409  409  409  401  401
POST   /api/staff/profile/2fa/recovery-codes               401  401  401  403  403  403  403  401  401
GET    /api/staff/profile/passkeys                         401  401  401  200  200  200  200  401  401
POST   /api/staff/profile/passkeys                         401  401  401  409  409  409  409  401  401
POST   /api/staff/profile/passkeys/options                 401  401  401  409  409  409  409  401  401
PATCH  /api/staff/profile/passkeys/{passkey_id:uuid}       401  401  401  404  404  404  404  401  401
DELETE /api/staff/profile/passkeys/{passkey_id:uuid}       401  401  401  404  404  404  404  401  401
DELETE /api/staff/sessions                                 401  401  401  204  204  204  204  401  401
GET    /api/staff/sessions                                 401  401  401  200  200  200  200  401  401
DELETE /api/staff/sessions/{session_id:uuid}               401  401  401  404  404  404  404  401  401
GET    /api/staff/repairs                                  401    401  401  200  200  200  200  401   401
POST   /api/staff/repairs                                  401    401  401  403  201  201  201  401   401
GET    /api/staff/repairs/{repair_id:uuid}                 401    401  401  200  200  200  200  401   401
PATCH  /api/staff/repairs/{repair_id:uuid}                 401    401  401  200  200  200  200  401   401
POST   /api/staff/repairs/{repair_id:uuid}/status          401    401  401  200  200  200  200  401   401
POST   /api/staff/repairs/{repair_id:uuid}/called          401    401  401  404  404  404  404  401   401
POST   /api/staff/repairs/{repair_id:uuid}/assign          401    401  401  403  200  200  200  401   401
GET    /api/staff/repairs/{repair_id:uuid}/timeline        401    401  401  200  200  200  200  401   401
GET    /api/staff/stages                                   401    401  401  200  200  200  200  401   401
GET    /api/staff/technicians                              401    401  401  200  200  200  200  401   401
GET    /api/staff/customers                                401    401  401  403  200  200  200  401   401
GET    /api/staff/customers/{customer_id:uuid}             401    401  401  403  200  200  200  401   401
PATCH  /api/staff/customers/{customer_id:uuid}             401    401  401  403  403  200  200  401   401
POST   /api/staff/customers/{customer_id:uuid}/invite      401    401  401  403  409  409  409  401   401
GET    /api/staff/customers/{customer_id:uuid}/devices     401    401  401  403  200  200  200  401   401
POST   /api/staff/customers/{customer_id:uuid}/2fa/reset   401    401  401  403  403  409  409  401   401
POST   /api/staff/customers/{customer_id:uuid}/privacy/export  401 401 401 403 403 202 202  401 401
POST   /api/staff/customers/{customer_id:uuid}/privacy/erasure 401 401 401 403 403 202 202  401 401
DELETE /api/staff/customers/{customer_id:uuid}/privacy/erasure 401 401 401 403 403 204 204  401 401
PUT    /api/staff/profile                                  401    401  401  200  200  200  200  401   401
PUT    /api/staff/profile/password                         401    401  401  403  403  403  403  401   401
POST   /api/staff/auth/forgot-password                     202    202  202  202  202  202  202  202   202
POST   /api/staff/auth/challenge                           200    200  200  200  200  200  200  200   200
POST   /api/staff/auth/sign-in-link                        202    202  202  202  202  202  202  202   202
POST   /api/staff/auth/sign-in-link/use                    410    410  410  410  410  410  410  410   410
POST   /api/staff/auth/reset-password                      410    410  410  410  410  410  410  410   410
GET    /api/staff/users                                    401    401  401  403  403  403  200  401   401
POST   /api/staff/users                                    401    401  401  403  403  403  201  401   401
GET    /api/staff/users/{user_id:uuid}                     401    401  401  403  403  403  200  401   401
PATCH  /api/staff/users/{user_id:uuid}                     401    401  401  403  403  403  200  401   401
POST   /api/staff/users/{user_id:uuid}/invite              401    401  401  403  403  403  409  401   401
DELETE /api/staff/users/{user_id:uuid}/invite              401    401  401  403  403  403  409  401   401
POST   /api/staff/users/{user_id:uuid}/2fa/reset           401    401  401  403  403  403  409  401   401
GET    /api/staff/permissions                              401    401  401  200  200  200  200  401   401
GET    /api/staff/audit                                    401    401  401  403  403  403  200  401   401

POST   /api/customer/privacy/export                        401  202  202  401  401  401  401  401  401
GET    /api/customer/privacy/exports                       401  200  200  401  401  401  401  401  401
GET    /api/customer/privacy/exports/{export_id:uuid}      401  200  404  401  401  401  401  401  401
GET    /api/customer/privacy/exports/{export_id:uuid}/download  401  200  404  401  401  401  401  401  401
POST   /api/customer/privacy/erasure                       401  403  403  401  401  401  401  401  401
GET    /api/customer/privacy/erasure                       401  404  404  401  401  401  401  401  401
DELETE /api/customer/privacy/erasure                       401  404  404  401  401  401  401  401  401
"""

# Asked as a browser does, with its cookie. "door" is a redirect to the sign-in page of that half of the portal.
PAGES = """
                                                           nobody anna ben  tom  fay  mia  ada  ended off
GET    /                                                   303    303  303  303  303  303  303  303   303
GET    /customer                                           303    303  303  303  303  303  303  303   303
GET    /customer/sign-in                                   200    303  303  200  200  200  200  200   200
POST   /customer/sign-in                                   303    303  303  303  303  303  303  303   303
POST   /customer/sign-out                                  303    303  303  303  303  303  303  303   303
GET    /customer/register                                  200    200  200  200  200  200  200  200   200
POST   /customer/register                                  303    303  303  303  303  303  303  303   303
GET    /customer/forgot-password                           200    200  200  200  200  200  200  200   200
GET    /customer/terms                                     200    200  200  200  200  200  200  200   200
POST   /customer/forgot-password                           303    303  303  303  303  303  303  303   303
GET    /customer/resend-verification                       200    200  200  200  200  200  200  200   200
POST   /customer/resend-verification                       303    303  303  303  303  303  303  303   303
GET    /customer/verify-email                              410    410  410  410  410  410  410  410   410
POST   /customer/verify-email                              410    410  410  410  410  410  410  410   410
GET    /customer/confirm-email                             410    410  410  410  410  410  410  410   410
POST   /customer/confirm-email                             410    410  410  410  410  410  410  410   410
GET    /customer/reset-password                            410    410  410  410  410  410  410  410   410
POST   /customer/reset-password                            410    410  410  410  410  410  410  410   410
GET    /customer/welcome                                   410    410  410  410  410  410  410  410   410
POST   /customer/welcome                                   410    410  410  410  410  410  410  410   410
GET    /customer/sign-in/link                              200    200  200  200  200  200  200  200   200
POST   /customer/sign-in/link                              door   door door door door door door door  door
POST   /customer/password-strength                         200    200  200  200  200  200  200  200   200
GET    /staff/sign-in                                      200    200  200  303  303  303  303  200   200
POST   /staff/sign-in                                      303    303  303  303  303  303  303  303   303
GET    /staff/sign-in/link                                 200    200  200  200  200  200  200  200   200
POST   /staff/sign-in/link                                 door   door door door door door door door  door
POST   /staff/sign-out                                     303    303  303  303  303  303  303  303   303
POST   /preferences/theme                                  303    303  303  303  303  303  303  303   303
POST   /preferences/language                               303    303  303  303  303  303  303  303   303
GET    /robots.txt                                         200    200  200  200  200  200  200  200   200
GET    /.well-known/security.txt                           404    404  404  404  404  404  404  404   404
GET    /.well-known/change-password                        303    303  303  303  303  303  303  303   303
GET    /styleguide                                         200    200  200  200  200  200  200  200   200
GET    /styleguide/mails                                   200    200  200  200  200  200  200  200   200
GET    /styleguide/mails/{language:str}/{owner:str}/{kind:str}      200 200 200 200  200  200  200  200   200
GET    /styleguide/mails/{language:str}/{owner:str}/{kind:str}/html 200 200 200 200  200  200  200  200   200

GET    /customer/dashboard                                 door   200  200  door door door door door  door
GET    /customer/account                                   door   200  200  door door door door door  door
POST   /customer/account                                   door   303  303  door door door door door  door
POST   /customer/account/avatar                            door   422  422  door door door door door  door
POST   /customer/account/avatar/remove                     door   303  303  door door door door door  door
POST   /customer/account/dashboard                         door   303  303  door door door door door  door
POST   /customer/account/phone/code                        door   404  404  door door door door door  door
POST   /customer/account/phone/verify                      door   410  410  door door door door door  door
GET    /customer/account/password                          door   200  200  door door door door door  door
POST   /customer/account/password                          door   403  403  door door door door door  door
GET    /customer/account/email                             door   200  200  door door door door door  door
POST   /customer/account/email                             door   403  403  door door door door door  door
GET    /customer/sign-in/second-step                       door door door door door door door door door
POST   /customer/sign-in/second-step                       door door door door door door door door door
POST   /customer/sign-in/passkey                           door door door door door door door door door
GET    /customer/account/security                          door 200  200  door door door door door door
POST   /customer/account/security/sessions/end-others      door 303  303  door door door door door door
GET    /customer/account/security/two-step                 door 200  200  door door door door door door
POST   /customer/account/security/two-step/start           door 403  403  door door door door door door
POST   /customer/account/security/two-step/verify          door 409  409  door door door door door door
POST   /customer/account/security/two-step/codes           door 403  403  door door door door door door
POST   /customer/account/security/two-step/off             door 403  403  door door door door door door
GET    /customer/account/security/passkeys                 door 200  200  door door door door door door
POST   /customer/account/security/passkeys/start           door 409  409  door door door door door door
POST   /customer/account/security/passkeys/add             door 409  409  door door door door door door
POST   /customer/account/security/passkeys/{passkey_id:uuid}/name door 404  404  door door door door door door
GET    /customer/account/security/passkeys/{passkey_id:uuid}/remove door 404  404  door door door door door door
POST   /customer/account/security/passkeys/{passkey_id:uuid}/remove door 404  404  door door door door door door
POST   /customer/account/security/sessions/{session_id:uuid}/end door 303  404  door door door door door door
GET    /customer/account/activity                          door   200  200  door door door door door  door
GET    /customer/account/addresses                         door   200  200  door door door door door  door
GET    /customer/account/addresses/new                     door   200  200  door door door door door  door
POST   /customer/account/addresses/new                     door   303  303  door door door door door  door
GET    /customer/account/addresses/{address_id:uuid}       door   200  404  door door door door door  door
POST   /customer/account/addresses/{address_id:uuid}       door   303  404  door door door door door  door
POST   /customer/account/addresses/{address_id:uuid}/default  door 303 404  door door door door door  door
GET    /customer/account/addresses/{address_id:uuid}/delete  door 200  404  door door door door door  door
POST   /customer/account/addresses/{address_id:uuid}/delete  door 303  404  door door door door door  door
GET    /customer/account/devices                           door   200  200  door door door door door  door
GET    /customer/account/devices/new                       door   200  200  door door door door door  door
POST   /customer/account/devices/new                       door   303  303  door door door door door  door
GET    /customer/account/devices/{device_id:uuid}          door   200  404  door door door door door  door
GET    /customer/account/devices/{device_id:uuid}/edit     door   200  404  door door door door door  door
POST   /customer/account/devices/{device_id:uuid}/edit     door   303  404  door door door door door  door
GET    /customer/account/devices/{device_id:uuid}/delete   door   200  404  door door door door door  door
POST   /customer/account/devices/{device_id:uuid}/delete   door   303  404  door door door door door  door
GET    /customer/repairs                                   door   200  200  door door door door door  door
GET    /customer/repairs/{repair_id:uuid}                  door   200  404  door door door door door  door
GET    /customer/notifications                             door   200  200  door door door door door  door
GET    /customer/notifications/{notification_id:uuid}      door   303  404  door door door door door  door
POST   /customer/notifications/read-all                    door   303  404  door door door door door  door
GET    /customer/account/preferences                       door   200  200  door door door door door  door
POST   /customer/account/preferences                       door   303  303  door door door door door  door
GET    /unsubscribe/{token:str}                            200    200  200  200  200  200  200  200   200
POST   /unsubscribe/{token:str}                            200    200  200  200  200  200  200  200   200

GET    /staff/sign-in/second-step                          door door door door door door door door door
POST   /staff/sign-in/second-step                          door door door door door door door door door
POST   /staff/sign-in/passkey                              door door door door door door door door door
GET    /staff/account/security                             door door door 200  200  200  200  door door
POST   /staff/account/security/sessions/end-others         door door door 303  303  303  303  door door
GET    /staff/account/security/two-step                    door door door 200  200  200  200  door door
POST   /staff/account/security/two-step/start              door door door 403  403  403  403  door door
POST   /staff/account/security/two-step/verify             door door door 409  409  409  409  door door
POST   /staff/account/security/two-step/codes              door door door 403  403  403  403  door door
POST   /staff/account/security/two-step/off                door door door 403  403  403  403  door door
GET    /staff/account/security/passkeys                    door door door 200  200  200  200  door door
POST   /staff/account/security/passkeys/start              door door door 409  409  409  409  door door
POST   /staff/account/security/passkeys/add                door door door 409  409  409  409  door door
POST   /staff/account/security/passkeys/{passkey_id:uuid}/name door door door 404  404  404  404  door door
GET    /staff/account/security/passkeys/{passkey_id:uuid}/remove door door door 404  404  404  404  door door
POST   /staff/account/security/passkeys/{passkey_id:uuid}/remove door door door 404  404  404  404  door door
POST   /staff/account/security/sessions/{session_id:uuid}/end door door door 404  404  404  404  door door
GET    /staff                                              door   door door 200  200  200  200  door  door
GET    /staff/repairs                                      door   door door 200  200  200  200  door  door
GET    /staff/repairs/new                                  door   door door 403  200  200  200  door  door
POST   /staff/repairs/new                                  door   door door 403  303  303  303  door  door
GET    /staff/repairs/{repair_id:uuid}                     door   door door 200  200  200  200  door  door
POST   /staff/repairs/{repair_id:uuid}/status              door   door door 303  303  303  303  door  door
POST   /staff/repairs/{repair_id:uuid}/called              door   door door 404  404  404  404  door  door
POST   /staff/repairs/{repair_id:uuid}/edit                door   door door 303  303  303  303  door  door
POST   /staff/repairs/{repair_id:uuid}/assign              door   door door 403  303  303  303  door  door
GET    /staff/welcome                                      410    410  410  410  410  410  410  410   410
POST   /staff/welcome                                      410    410  410  410  410  410  410  410   410
GET    /staff/forgot-password                              200    200  200  200  200  200  200  200   200
POST   /staff/forgot-password                              303    303  303  303  303  303  303  303   303
GET    /staff/reset-password                               410    410  410  410  410  410  410  410   410
POST   /staff/reset-password                               410    410  410  410  410  410  410  410   410
GET    /staff/account                                      door   door door 200  200  200  200  door  door
POST   /staff/account                                      door   door door 303  303  303  303  door  door
GET    /staff/account/password                             door   door door 200  200  200  200  door  door
POST   /staff/account/password                             door   door door 403  403  403  403  door  door
GET    /staff/customers                                    door   door door 403  200  200  200  door  door
GET    /staff/customers/{customer_id:uuid}                 door   door door 403  200  200  200  door  door
POST   /staff/customers/{customer_id:uuid}/close           door   door door 403  403  303  303  door  door
POST   /staff/customers/{customer_id:uuid}/reopen          door   door door 403  403  303  303  door  door
POST   /staff/customers/{customer_id:uuid}/invite          door   door door 403  409  409  409  door  door
POST   /staff/customers/{customer_id:uuid}/reset-factor    door   door door 403  403  409  409  door  door
GET    /staff/permissions                                  door   door door 200  200  200  200  door  door
GET    /staff/people                                       door   door door 403  403  403  200  door  door
GET    /staff/people/invite                                door   door door 403  403  403  200  door  door
POST   /staff/people/invite                                door   door door 403  403  403  303  door  door
GET    /staff/people/{user_id:uuid}                        door   door door 403  403  403  200  door  door
POST   /staff/people/{user_id:uuid}/role                   door   door door 403  403  403  303  door  door
POST   /staff/people/{user_id:uuid}/close                  door   door door 403  403  403  303  door  door
POST   /staff/people/{user_id:uuid}/reopen                 door   door door 403  403  403  303  door  door
POST   /staff/people/{user_id:uuid}/invite                 door   door door 403  403  403  409  door  door
POST   /staff/people/{user_id:uuid}/withdraw               door   door door 403  403  403  409  door  door
POST   /staff/people/{user_id:uuid}/reset-factor           door   door door 403  403  403  409  door  door
GET    /staff/audit                                        door   door door 403  403  403  200  door  door

GET    /demo/mail                                          404    404  404  404  404  404  404  404   404
GET    /demo/mail/{mail_id:uuid}                           404    404  404  404  404  404  404  404   404
GET    /demo/mail/{mail_id:uuid}/html                      404    404  404  404  404  404  404  404   404

GET    /customer/account/privacy                           door  200  200  door  door  door  door door  door
POST   /customer/account/privacy/export                    door  303  303  door  door  door  door door  door
GET    /customer/account/privacy/exports/{export_id:uuid}/download  door  200  404  door  door  door  door door  door
GET    /customer/account/privacy/erasure                   door  200  200  door  door  door  door door  door
POST   /customer/account/privacy/erasure                   door  422  422  door  door  door  door door  door
GET    /customer/erasure                                   door  303  303  door  door  door  door door  door
POST   /customer/erasure/cancel                            door  404  404  door  door  door  door door  door
GET    /staff/privacy                                      door  door  door  403  403  200  200  door  door
GET    /staff/privacy/customers/{customer_id:uuid}         door  door  door  403  403  200  200  door  door
POST   /staff/privacy/customers/{customer_id:uuid}/export  door  door  door  403  403  303  303  door  door
POST   /staff/privacy/customers/{customer_id:uuid}/erasure door  door  door  403  403  303  303  door  door
POST   /staff/privacy/customers/{customer_id:uuid}/erasure/cancel door door door 403 403 303 303  door door
POST   /staff/privacy/customers/{customer_id:uuid}/exports/{export_id:uuid}/download door door door 403 403 404 404 door door
"""  # noqa: E501

# Asked of a connected socket; "-" is refused at the handshake. What the acknowledgement says: ok, or its error.
SHORT = {"not_found": "none", "not_available": "away", "invalid": "invalid", "unavailable": "fault"}
SOCKET = """
                                                           nobody anna ben  tom  fay  mia  ada  ended off
subscribe:repair                                           -      ok   none ok   ok   ok   ok   -     -
unsubscribe:repair                                         -      ok   ok   ok   ok   ok   ok   -     -
events:since                                               -      ok   ok   none none none none -     -
auth:renew                                                 -      ok   ok   ok   ok   ok   ok   -     -
chat:typing                                                -      away away away away away away -  -
"""

# What a request sends; in capitals, what is known only once the shop is there.
SIGNING_IN, CUSTOMER, STAFF, VERSION = "SIGNING_IN", "CUSTOMER", "STAFF", "VERSION"
ANNA, EMAIL, FAY, NOTIFICATION = "ANNA", "EMAIL", "FAY", "NOTIFICATION"
OWN_FACTS = {"firstName": "Kim", "lastName": "", "language": "en", "timezone": "UTC"}
NEWCOMER = {"email": "nora@newcomers.example", "password": "kelp tram moss gull"}
ASKED_FOR_A_MAIL = (
    "/api/customer/auth/resend-verification",
    "/api/customer/auth/forgot-password",
    "/api/customer/auth/sign-in-link",
    "/customer/resend-verification",
    "/customer/forgot-password",
    "/customer/sign-in/link",
    "/api/customer/auth/challenge",
    "/api/staff/auth/challenge",
    "/api/staff/auth/sign-in-link",
    "/staff/sign-in/link",
)
OPENED_BY_A_LINK = (
    "/api/customer/auth/verify-email",
    "/api/customer/auth/sign-in-link/use",
    "/api/staff/auth/sign-in-link/use",
    "/api/customer/auth/confirm-email",
    "/customer/verify-email",
    "/customer/confirm-email",
)
SETTING_A_PASSWORD = (
    "/api/customer/auth/reset-password",
    "/api/customer/auth/accept-invitation",
    "/customer/reset-password",
    "/customer/welcome",
)
HELPING = {"password": PASSWORD, "identity": "id_document"}
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/customer/auth/login": {SIGNING_IN: CUSTOMER},
    "POST /customer/sign-in": {SIGNING_IN: CUSTOMER},
    "POST /api/staff/auth/login": {SIGNING_IN: STAFF},
    "POST /staff/sign-in": {SIGNING_IN: STAFF},
    "POST /api/customer/auth/register": NEWCOMER | {"firstName": "Nora", "lastName": "Nilsen", "acceptTerms": True},
    "POST /customer/register": NEWCOMER | {"first_name": "Nora", "last_name": "Nilsen", "accept_terms": "1"},
    "POST /customer/password-strength": {"password": "kelp tram moss gull"},
    **{f"POST {path}": {"email": "nobody@newcomers.example"} for path in ASKED_FOR_A_MAIL},
    **{f"POST {path}": {"token": "A" * 64} for path in OPENED_BY_A_LINK},
    **{f"POST {path}": {"token": "A" * 64, "password": "kelp tram moss gull"} for path in SETTING_A_PASSWORD},
    "PUT /api/customer/profile/password": {"currentPassword": "not it", "password": "kelp tram moss gull"},
    "POST /customer/account/password": {"current_password": "not it", "password": "kelp tram moss gull"},
    "POST /api/customer/profile/email": {"email": "nobody@newcomers.example", "password": "not it"},
    "POST /customer/account/email": {"email": "nobody@newcomers.example", "password": "not it"},
    "POST /api/customer/auth/refresh": {"refreshToken": "nobody's"},
    "POST /api/staff/auth/refresh": {"refreshToken": "nobody's"},
    "POST /api/customer/auth/login/2fa": {"challengeToken": "nobody's", "code": "000000"},
    "POST /api/customer/auth/passkey/verify": {"credential": {}},
    "POST /api/customer/profile/2fa/verify": {"code": "000000"},
    "POST /api/customer/profile/passkeys": {"credential": {}, "name": "Phone"},
    "PATCH /api/customer/profile/passkeys/{passkey_id:uuid}": {"name": "Phone"},
    "POST /api/staff/auth/login/2fa": {"challengeToken": "nobody's", "code": "000000"},
    "POST /api/staff/auth/passkey/verify": {"credential": {}},
    "POST /api/staff/profile/2fa/verify": {"code": "000000"},
    "POST /api/staff/profile/passkeys": {"credential": {}, "name": "Phone"},
    "PATCH /api/staff/profile/passkeys/{passkey_id:uuid}": {"name": "Phone"},
    "POST /customer/account/security/two-step/verify": {"code": "000000"},
    "POST /customer/account/security/passkeys/start": {"name": "Phone"},
    "POST /customer/account/security/passkeys/add": {"name": "Phone", "credential": "{}"},
    "POST /customer/account/security/passkeys/{passkey_id:uuid}/name": {"name": "Phone"},
    "POST /staff/account/security/two-step/verify": {"code": "000000"},
    "POST /staff/account/security/passkeys/start": {"name": "Phone"},
    "POST /staff/account/security/passkeys/add": {"name": "Phone", "credential": "{}"},
    "POST /staff/account/security/passkeys/{passkey_id:uuid}/name": {"name": "Phone"},
    "PUT /api/customer/notifications/read-all": {"upTo": NOTIFICATION},
    "POST /customer/notifications/read-all": {"up_to": NOTIFICATION},
    "PUT /api/customer/preferences": {"chatNotifications": False},
    "PUT /api/customer/notifications/preferences": {"matrix": {"quotes": {"sms": True}}, "quietHours": None},
    "POST /customer/account/preferences": {"channels": "email", "quotes.email": "1"},
    "POST /api/customer/addresses": ADDRESS,
    "PUT /api/customer/addresses/{address_id:uuid}": ADDRESS | {"version": 1},
    "POST /customer/account/addresses/new": ADDRESS,
    "POST /customer/account/addresses/{address_id:uuid}": ADDRESS | {"version": 1},
    "POST /api/customer/devices": OWN_DEVICE,
    "PUT /api/customer/devices/{device_id:uuid}": OWN_DEVICE | {"version": 1},
    "POST /customer/account/devices/new": OWN_DEVICE,
    "POST /customer/account/devices/{device_id:uuid}/edit": OWN_DEVICE | {"version": 1},
    "POST /api/customer/privacy/export": {"password": PASSWORD},
    "POST /customer/account/privacy/export": {"password": PASSWORD},
    # With the right one Ben would be on his way out.
    "POST /api/customer/privacy/erasure": {"password": "not his"},
    "POST /preferences/theme": {"theme": "dark"},
    "POST /preferences/language": {"language": "en"},
    "PATCH /api/staff/customers/{customer_id:uuid}": {"disabled": False},
    "POST /api/staff/customers/{customer_id:uuid}/2fa/reset": HELPING,
    "POST /api/staff/customers/{customer_id:uuid}/privacy/export": HELPING,
    "POST /api/staff/customers/{customer_id:uuid}/privacy/erasure": HELPING,
    "POST /api/staff/users/{user_id:uuid}/2fa/reset": {"password": PASSWORD},
    "POST /staff/customers/{customer_id:uuid}/reset-factor": HELPING,
    "POST /staff/people/{user_id:uuid}/reset-factor": {"password": PASSWORD},
    "POST /staff/privacy/customers/{customer_id:uuid}/export": HELPING,
    "POST /staff/privacy/customers/{customer_id:uuid}/erasure": HELPING,
    "PUT /api/customer/profile": {"lastName": "Lind"},
    "POST /api/customer/profile/phone/verify": {"code": "000000"},
    "PUT /api/staff/profile": OWN_FACTS,
    "PUT /api/staff/profile/password": {"currentPassword": "not it", "password": "a harbour of seven lanterns"},
    "POST /api/staff/auth/forgot-password": {"email": "nobody@shop.example"},
    "POST /api/staff/auth/reset-password": {"token": "nothing", "password": "a harbour of seven lanterns"},
    "POST /api/staff/users": {"email": "nia@shop.example", "firstName": "Nia", "role": "technician"},
    "PATCH /api/staff/users/{user_id:uuid}": {"role": "admin"},
    "POST /staff/people/invite": {
        "email": "ned@shop.example",
        "first_name": "Ned",
        "role": "technician",
        "language": "en",
    },
    "POST /staff/people/{user_id:uuid}/role": {"role": "manager"},
    "POST /staff/forgot-password": {"email": "nobody@shop.example"},
    "POST /staff/account": {"first_name": "Kim", "last_name": "", "language": "en", "timezone": "UTC"},
    "POST /staff/account/password": {"current_password": "not it", "password": "x" * 20, "password_again": "x" * 20},
    "POST /staff/repairs/new": {
        "device_type": "laptop",
        "device_brand": "Framework",
        "issue_description": "No charge.",
        "customer_email": EMAIL,
        "customer_first_name": "Anna",
    },
    "POST /staff/repairs/{repair_id:uuid}/status": {"version": VERSION, "to": "diagnosing/", "notes": "Looking."},
    "POST /staff/repairs/{repair_id:uuid}/edit": {
        "version": VERSION,
        "priority": "normal",
        "issue_description": "Dark.",
        "warranty_months": "6",
    },
    "POST /staff/repairs/{repair_id:uuid}/called": {"entry": str(UUID(int=7))},
    "POST /api/staff/repairs/{repair_id:uuid}/called": {"entryId": str(UUID(int=7))},
    "POST /staff/repairs/{repair_id:uuid}/assign": {"version": VERSION, "technician": FAY},
    "POST /api/staff/repairs": DEVICE | {"customerId": ANNA},
    "PATCH /api/staff/repairs/{repair_id:uuid}": {"version": VERSION, "priority": "high"},
    "POST /api/staff/repairs/{repair_id:uuid}/status": {
        "version": VERSION,
        "status": "diagnosing",
        "notes": "Looking.",
    },
    "POST /api/staff/repairs/{repair_id:uuid}/assign": {"version": VERSION, "technicianId": FAY},
}

# What ends the session that asks: each cell has one of its own.
ENDS_SESSION = {
    Route("POST", "/api/customer/auth/logout"),
    Route("POST", "/api/staff/auth/logout"),
    Route("POST", "/customer/sign-in"),
    Route("POST", "/customer/sign-out"),
    Route("POST", "/staff/sign-in"),
    Route("POST", "/staff/sign-out"),
}
# Refusals that only the body decides, by who asks: a technician may take work on; an entry is one of the history.
BY_WHAT_IS_SENT = {
    Route("POST", "/api/staff/repairs/{repair_id:uuid}/assign"): ("tom",),
    Route("POST", "/staff/repairs/{repair_id:uuid}/assign"): ("tom",),
    Route("POST", "/api/staff/repairs/{repair_id:uuid}/called"): ("tom", "fay", "mia", "ada"),
}
# What ends every other session of who asks: asked last, for the other cells share theirs.
ENDS_OTHERS = {
    Route("DELETE", "/api/customer/sessions"),
    Route("DELETE", "/api/staff/sessions"),
    Route("POST", "/customer/account/security/sessions/end-others"),
    Route("POST", "/staff/account/security/sessions/end-others"),
}


@dataclass(slots=True)
class Shop:
    """The portal with everybody signed in, and what Anna has."""

    served: Served
    people: People
    desk: Desk
    off: Person
    # What a manager has done to a customer cannot be done once more: the admin has another one, and a colleague.
    third: Person
    leaving: Person
    repair_id: str = ""
    notification_id: str = ""
    session_id: str = ""
    avatar_id: str = ""
    address_id: str = ""
    device_id: str = ""
    export_id: str = ""
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    browsers: dict[str, dict[str, str]] = field(default_factory=dict)

    async def sign_in(self, actor: str, *, browser: bool) -> dict[str, str]:
        """The headers of a new session of that actor."""
        if actor == "nobody":
            return {**SAME_ORIGIN, "Origin": self.served.url} if browser else {}
        person: Person = {"ended": self.people.anna, "off": self.off}.get(actor) or getattr(self.people, actor)
        return await (self.served.sign_in_browser(person) if browser else self.served.sign_in(person))

    async def ids(self, route: Route, actor: str = "") -> dict[str, str]:
        """What the path's parameters stand for; a session that may be ended is a new one."""
        if "{session_id:uuid}" in route.path:
            mine = await self.served.sign_in(self.people.anna)
            sessions = await self.served.client.get("/api/customer/sessions", headers=mine)
            self.session_id = next(one["id"] for one in sessions.json()["items"] if one["current"])
        if "{address_id:uuid}" in route.path:
            self.address_id = (await keep_address(self.served, self.tokens["anna"]))["id"]
        if "{device_id:uuid}" in route.path:
            self.device_id = (await keep_device(self.served, self.tokens["anna"]))["id"]
        if "{export_id:uuid}" in route.path and not self.export_id:
            self.export_id = (await done(self.served, self.tokens["anna"]))["id"]
        if "{avatar_id:uuid}" in route.path:
            self.avatar_id = await keep_avatar(self.served, self.tokens["anna"])
        names = ("repair_id", "notification_id", "session_id", "avatar_id", "address_id", "device_id", "export_id")
        known = {name: getattr(self, name) for name in names}
        return known | {
            "customer_id": str((self.third if actor == "ada" else self.off).id),
            "user_id": str(self.leaving.id),
            "mail_id": str(uuid4()),
            "passkey_id": str(uuid4()),
            "path": "nothing",
            "language": "en",
            "owner": "accounts",
            "kind": "new_device",
            "token": "A" * 64,
        }

    async def body(self, route: Route) -> dict[str, Any]:
        """What such a request sends, valid whoever sends it: as JSON to the API, as a form to a page."""
        body: dict[str, Any] = BODIES.get(f"{route.method} {route.path}", {})
        known = {
            CUSTOMER: {"email": self.people.anna.email, "password": self.people.anna.password},
            STAFF: {"email": self.people.mia.email, "password": self.people.mia.password},
        }
        if SIGNING_IN in body:
            return known[body[SIGNING_IN]]
        anna, fay = self.people.anna, self.people.fay
        special = {ANNA: str(anna.id), EMAIL: anna.email, FAY: str(fay.id), NOTIFICATION: self.notification_id}
        filled_in = {
            name: special.get(value, value) if isinstance(value, str) else value for name, value in body.items()
        }
        if VERSION in filled_in.values():
            version = int((await self.desk.read(self.repair_id))["repair"]["version"])
            filled_in = {name: version if value == VERSION else value for name, value in filled_in.items()}
        return filled_in


@pytest.fixture
async def shop(settings: Settings, people: People) -> AsyncIterator[Shop]:
    """Everybody signed in at a portal that does not count how often."""
    from support.serving import serve  # noqa: PLC0415

    async with serve(msgspec.structs.replace(settings, api_rate_limit=1_000_000)) as served:
        shop = Shop(
            served,
            people,
            await open_desk(served, people),
            off=customer(served, "off", "Olga"),
            third=customer(served, "third", "Theo"),
            leaving=technician(served, "leaving", "Lee"),
        )
        for actor in ACTORS:
            shop.tokens[actor] = await shop.sign_in(actor, browser=False)
            shop.browsers[actor] = await shop.sign_in(actor, browser=True)
        await fill(shop)
        await end_sessions(shop)
        yield shop


def customer(served: Served, name: str, first_name: str) -> Person:
    """One more customer."""
    email = f"{name}@customers.example"
    statement = "INSERT INTO customers (email, password_hash, first_name) VALUES (%s, %s, %s) RETURNING id"
    return Person(added(served, statement, [email, PASSWORD_HASH, first_name]), email, "customer", first_name, "")


def technician(served: Served, name: str, first_name: str) -> Person:
    """One more colleague."""
    email = f"{name}@shop.example"
    statement = (
        "INSERT INTO users (email, password_hash, first_name, role) VALUES (%s, %s, %s, 'technician') RETURNING id"
    )
    return Person(added(served, statement, [email, PASSWORD_HASH, first_name]), email, "staff", first_name, "")


def added(served: Served, statement: LiteralString, values: list[str]) -> UUID:
    """The id of the row that the statement adds."""
    with psycopg.connect(served.settings.database_url) as connection:
        row = connection.execute(statement, values).fetchone()
    assert row
    added_id: UUID = row[0]
    return added_id


async def fill(shop: Shop) -> None:
    """Anna has a repair, and was told of it."""
    shop.repair_id = (await shop.desk.take_in(shop.people.anna))["repair"]["id"]
    await shop.desk.move(shop.repair_id, "diagnosing")
    told = await shop.served.client.get("/api/customer/notifications", headers=shop.tokens["anna"])
    shop.notification_id = told.json()["items"][0]["id"]


async def end_sessions(shop: Shop) -> None:
    """Sign "ended" out and close Olga's account; the sessions of both were in use a moment ago."""
    client = shop.served.client
    for actor in ("ended", "off"):
        assert (await client.get("/api/customer/profile", headers=shop.tokens[actor])).status_code == 200
        assert (await client.get("/customer/repairs", headers=shop.browsers[actor])).status_code == 200
    assert (await client.post("/api/customer/auth/logout", headers=shop.tokens["ended"])).status_code == 204
    assert (await client.post("/customer/sign-out", headers=shop.browsers["ended"])).status_code == 303
    settings = shop.served.settings
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(Database(settings.database_url, most=2))
        cache = await stack.enter_async_context(Cache(settings.redis_url))
        db.on_commit(SessionsEnded, accounts.SessionAuthenticator(settings, db, cache).on_sessions_ended)
        await accounts.disable_customer(db, SYSTEM, shop.off.id)


def lines(table: str) -> dict[str, dict[str, str]]:
    """What each line expects, by its name and the actor."""
    expected = {}
    for line in filter(str.strip, table.splitlines()[2:]):
        cells = line.split()
        name = " ".join(cells[: -len(ACTORS)])
        assert name not in expected, f"{name} has two lines"
        expected[name] = dict(zip(ACTORS, cells[-len(ACTORS) :], strict=True))
    return expected


def test_r39_every_route_has_a_line(settings: Settings) -> None:
    """Who adds a route says here who may ask for it; who removes one removes its line."""
    offered = {f"{route.method} {route.path}" for route in routes_of()}
    written = set(lines(API)) | set(lines(PAGES))

    assert offered - written == set(), "these routes have no line"
    assert written - offered == set(), "these lines have no route"
    assert set(socket_events_of(settings)) == set(lines(SOCKET))


@pytest.mark.long
@pytest.mark.parametrize("table", [API, PAGES], ids=["api", "pages"])
async def test_r39_each_actor_gets_what_the_line_says(shop: Shop, table: str) -> None:
    """Every cell of the table is asked for, and answers with its status."""
    is_browser = table is PAGES
    wrong = []
    asked = [(Route(*name.split()), name, expected) for name, expected in lines(table).items()]
    for route, name, expected in sorted(asked, key=lambda line: line[0] in ENDS_OTHERS):
        for actor, cell in expected.items():
            answer = await ask(shop, route, actor, is_browser=is_browser)
            if meaning(answer) != cell:
                wrong.append(f"{actor}: {name}: {meaning(answer)} instead of {cell}")

    assert wrong == []


@pytest.mark.long
@pytest.mark.parametrize("table", [API, PAGES], ids=["api", "pages"])
async def test_r158_a_body_is_read_after_identity_permission_and_object(shop: Shop, table: str) -> None:
    """A body that nobody could read changes no refusal: still 401, 403 or 404; of whom is let in, it is a 4xx."""
    is_browser = table is PAGES
    handlers = handlers_of()
    wrong = []
    for name, expected in lines(table).items():
        route = Route(*name.split())
        handler = handlers[route]
        if route.method == "GET" or is_open(handler):
            continue
        cells = {actor: cell for actor, cell in expected.items() if is_refusal(cell, route, handler)}
        for actor in BY_WHAT_IS_SENT.get(route, ()):
            del cells[actor]
        if handler.parsed_data_field and not is_browser:
            cells |= {actor: "400" for actor in ACTORS if actor not in cells and len(cells) < len(ACTORS)}
        for actor, cell in cells.items():
            answer = await ask(shop, route, actor, is_browser=is_browser, unreadable=True)
            if meaning(answer) not in ({"400", "415"} if cell == "400" else {cell}):
                wrong.append(f"{actor}: {name}: {meaning(answer)} instead of {cell}")

    assert wrong == []


def is_refusal(cell: str, route: Route, handler: HTTPRouteHandler) -> bool:
    """Whether such an answer means that the caller may not ask, whatever the body holds."""
    if cell == "403":
        return bool(handler.guards)
    return cell in {"401", "door"} or (cell == "404" and "{" in route.path)


async def ask(shop: Shop, route: Route, actor: str, *, is_browser: bool, unreadable: bool = False) -> httpx.Response:
    """The answer to one cell."""
    if route in ENDS_SESSION and actor not in {"nobody", "ended", "off"}:
        headers = await shop.sign_in(actor, browser=is_browser)
    else:
        headers = (shop.browsers if is_browser else shop.tokens)[actor]
    body = {} if unreadable else await shop.body(route)
    sent: dict[str, Any] = {}
    if unreadable:
        headers = headers | {"Content-Type": "application/json"}
        sent = {"content": b'{"'}
    elif body:
        sent = {"data": body} if is_browser else {"json": body}
    address = filled(route.path, await shop.ids(route, actor)) + NEEDED.get(route.path, "")
    return await shop.served.client.request(route.method, address, headers=headers, **sent)


def meaning(answer: httpx.Response) -> str:
    """The answer as the tables write it."""
    location = answer.headers.get("location", "")
    if answer.status_code == 303 and "/sign-in" in location and "signed-out" not in location:
        return "door"
    return str(answer.status_code)


async def test_r39_each_actor_hears_what_the_line_says(shop: Shop) -> None:
    """Every event is sent by every actor whom the server lets connect; the others are refused at the handshake."""
    questions: dict[str, Callable[[str], object]] = {
        "subscribe:repair": lambda _: shop.repair_id,
        "unsubscribe:repair": lambda _: shop.repair_id,
        "events:since": lambda _: {"seq": 0},
        "auth:renew": lambda token: {"token": token},
        "chat:typing": lambda _: {"repairId": shop.repair_id, "isTyping": True},
    }
    expected = lines(SOCKET)
    heard: dict[str, dict[str, str]] = {event: {} for event in expected}
    for actor in ACTORS:
        token = shop.tokens[actor].get("Authorization", "").removeprefix("Bearer ")
        try:
            async with listening(shop.served.url, token or None) as socket:
                for event in expected:
                    answer = await socket.call(event, questions[event](token))
                    heard[event][actor] = SHORT.get(answer.get("error"), "ok")
        except Refused:
            for event in expected:
                heard[event][actor] = "-"

    assert heard == expected


async def test_r58_no_other_site_writes_with_our_cookie(shop: Shop) -> None:
    """On every route that changes something, a cookie without proof of our own origin is refused."""
    strangers: list[dict[str, str]] = [
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.test"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
    ]
    let_in = []
    for route in routes_of():
        if route.method in {"GET", "HEAD"}:
            continue
        actor = "mia" if "/staff" in route.path else "anna"
        body = await shop.body(route)
        address = filled(route.path, await shop.ids(route))
        for stranger in strangers:
            headers = {"Cookie": shop.browsers[actor]["Cookie"], **stranger}
            plain = {**headers, "Content-Type": "text/plain"}
            client = shop.served.client
            answers = [
                await client.request(route.method, address, headers=headers, json=body),
                await client.request(route.method, address, headers=headers, data=body),
                await client.request(route.method, address, headers=plain, content=json.dumps(body)),
            ]
            let_in += [f"{route} {stranger}: {one.status_code}" for one in answers if one.status_code != 403]

    assert let_in == []
