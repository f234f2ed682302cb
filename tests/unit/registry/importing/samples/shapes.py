"""A document in each of the shapes that real ones have; every parameter in them has to come through."""

from __future__ import annotations

from typing import Final

NESTED_FORMS: Final = """
openapi: 3.0.0
info: {title: Ledger API, version: 2026-01-31}
servers: [{url: https://ledger.example}]
security: [{bearerAuth: []}]
paths:
  /v1/subscriptions:
    post:
      operationId: PostSubscriptions
      summary: Create a subscription
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            encoding:
              items: {style: deepObject, explode: true}
              expand: {style: deepObject, explode: true}
              metadata: {style: deepObject, explode: true}
              billing: {style: deepObject, explode: true}
            schema:
              type: object
              required: [buyer, items]
              properties:
                buyer: {type: string, maxLength: 5000, description: The one who pays.}
                amount: {type: integer, description: "In the smallest currency unit, such as cents."}
                currency: {type: string, format: currency}
                expand: {type: array, items: {type: string, maxLength: 5000}}
                items:
                  type: array
                  items:
                    type: object
                    properties:
                      plan: {type: string}
                      quantity: {type: integer}
                metadata: {type: object, additionalProperties: {type: string}}
                billing:
                  type: object
                  required: [day]
                  properties:
                    day: {type: integer, minimum: 1, maximum: 28}
                    hour: {type: integer}
                trial:
                  anyOf:
                    - {type: string, enum: [now], maxLength: 5000}
                    - {type: integer, format: unix-time}
    get:
      operationId: GetSubscriptions
      parameters:
        - {name: created, in: query, style: deepObject, explode: true, schema: {anyOf: [{type: object, properties: {gt: {type: integer}, lt: {type: integer}}}, {type: integer}]}}
        - {name: status, in: query, style: form, schema: {type: string, enum: [active, ended]}}
        - {name: expand, in: query, style: deepObject, explode: true, schema: {type: array, items: {type: string}}}
      responses: {"200": {description: ok}}
components:
  securitySchemes: {bearerAuth: {type: http, scheme: bearer}}
"""

VENDOR_MEDIA_TYPES: Final = """
openapi: 3.0.3
info: {title: Code Host REST API, version: "1"}
servers: [{url: "https://{region}.code.example", variables: {region: {default: api}}}]
paths:
  /repos/{owner}/{repo}/issues/{issue_number}/labels:
    parameters:
      - {name: owner, in: path, required: true, schema: {type: string}}
      - {$ref: "#/components/parameters/repo"}
      - {name: issue_number, in: path, required: true, schema: {type: integer}}
    post:
      operationId: issues/add-labels
      summary: Add labels to an issue
      requestBody:
        content:
          application/vnd.code.v3+json:
            schema:
              oneOf:
                - {type: object, properties: {labels: {type: array, items: {type: string}}}}
                - {type: array, items: {type: string}}
                - {type: string}
    patch:
      operationId: issues/update
      requestBody:
        content:
          application/vnd.code.v3+json:
            schema:
              type: object
              properties:
                title: {type: string, default: nothing}
                state: {type: string, enum: [open, closed]}
                assignee: {type: string, nullable: true}
  /repos/{owner}/{repo}/contents/{path}:
    get:
      operationId: repos/get-content
      parameters:
        - {name: owner, in: path, required: true, schema: {type: string}}
        - {$ref: "#/components/parameters/repo"}
        - {name: path, in: path, required: true, schema: {type: string}}
        - {name: ref, in: query, schema: {type: string}}
        - {name: X-Api-Version, in: header, schema: {type: string}}
components:
  parameters:
    repo: {name: repo, in: path, required: true, schema: {type: string}}
"""

NAMES_IN_CAPITALS: Final = """
openapi: 3.0.1
info: {title: Phone - Messaging, version: "1.0"}
paths:
  /2010-04-01/Accounts/{AccountSid}/Messages.json:
    servers: [{url: https://phone.example}]
    post:
      operationId: CreateMessage
      description: Send a message from the account used to make the request
      parameters:
        - {name: AccountSid, in: path, required: true, schema: {type: string, minLength: 34, maxLength: 34, pattern: "^AC[0-9a-fA-F]{32}$"}}
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [To]
              properties:
                To: {type: string, format: phone-number}
                MediaUrl: {type: array, items: {type: string, format: uri}}
                StatusCallbackURL: {type: string, format: uri}
                PersistentAction: {type: array, items: {type: string}}
  /2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json:
    servers: [{url: https://phone.example}]
    get:
      operationId: FetchMessage
      parameters:
        - {name: AccountSid, in: path, required: true, schema: {type: string}}
        - {name: Sid, in: path, required: true, schema: {type: string}}
    delete:
      operationId: DeleteMessage
      parameters:
        - {name: AccountSid, in: path, required: true, schema: {type: string}}
        - {name: Sid, in: path, required: true, schema: {type: string}}
"""

MADE_BY_A_FRAMEWORK: Final = """
{"openapi": "3.1.0", "info": {"title": "FastAPI", "version": "0.1.0"}, "paths": {
 "/items/{item_id}": {"put": {"summary": "Update Item", "operationId": "update_item_items__item_id__put",
   "parameters": [{"name": "item_id", "in": "path", "required": true, "schema": {"type": "integer", "title": "Item Id"}},
                  {"name": "q", "in": "query", "required": false, "schema": {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "Q"}}],
   "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}},
   "responses": {"422": {"description": "Validation Error", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}}}}}},
 "/items/": {"get": {"summary": "Read Items", "operationId": "read_items_items__get", "responses": {}}}},
 "components": {"schemas": {
   "Item": {"type": "object", "required": ["name", "price"], "title": "Item", "properties": {
     "name": {"type": "string", "title": "Name"}, "price": {"type": "number", "exclusiveMinimum": 0, "title": "Price"},
     "kind": {"const": "item", "title": "Kind"}, "tags": {"items": {"type": "string"}, "type": "array", "title": "Tags"},
     "owner": {"anyOf": [{"$ref": "#/components/schemas/Owner"}, {"type": "null"}]},
     "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}}},
   "Owner": {"type": "object", "properties": {"full_name": {"type": "string"}, "id": {"type": "integer", "readOnly": true}}},
   "HTTPValidationError": {"type": "object", "properties": {"detail": {"type": "array", "items": {"type": "object", "properties": {"msg": {"type": "string"}}}}}}}}}
"""

WILDCARDS_AND_ACTIONS: Final = """
openapi: 3.0.0
info: {title: Store, version: "1"}
servers: [{url: /api}]
paths:
  /files/{path}+:
    get:
      parameters: [{name: path, in: path, required: true, schema: {type: string}}]
  /proxy/{rest*}:
    post:
      parameters: [{name: rest*, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {text/plain: {schema: {type: string}}}}
  /orders/{id}:cancel:
    post:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
  /rpc?action=restart:
    post:
      parameters: [{name: force, in: query, schema: {type: boolean}}]
  /#Target.Describe:
    post:
      parameters: [{name: X-Target, in: header, required: true, schema: {type: string, enum: [Target.Describe]}}]
      requestBody: {content: {application/x-amz-json-1.1: {schema: {type: object, properties: {Limit: {type: integer}}}}}}
  /search:
    get:
      parameters:
        - {name: ids, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: integer}}}
        - {name: fields, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: where, in: query, content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}
        - {name: page, in: query, schema: {type: object, properties: {size: {type: integer}, number: {type: integer}}}}
"""

SWAGGER_2: Final = """
swagger: "2.0"
info: {title: Pets, version: "1"}
host: pets.example
basePath: /v2
schemes: [https, http]
consumes: [application/json]
securityDefinitions:
  key: {type: apiKey, name: api_key, in: header}
parameters:
  tenant: {name: X-Tenant, in: header, type: string, required: true}
paths:
  /pets:
    parameters: [{$ref: "#/parameters/tenant"}]
    get:
      parameters:
        - {name: tags, in: query, type: array, items: {type: string}, collectionFormat: multi}
        - {name: ids, in: query, type: array, items: {type: integer, format: int64}, collectionFormat: csv}
        - {name: old, in: query, type: array, items: {type: string}, collectionFormat: pipes}
    post:
      parameters:
        - {name: body, in: body, required: true, schema: {$ref: "#/definitions/Pet"}}
  /pets/{petId}:
    post:
      consumes: [application/x-www-form-urlencoded]
      parameters:
        - {$ref: "#/parameters/tenant"}
        - {name: petId, in: path, type: integer, format: int64, required: true, maximum: 9223372036854775807}
        - {name: name, in: formData, type: string, required: true}
        - {name: weight, in: formData, type: number, minimum: 0, exclusiveMinimum: true}
  /pets/{petId}/photo:
    post:
      consumes: [multipart/form-data]
      parameters:
        - {name: petId, in: path, type: integer, required: true}
        - {name: file, in: formData, type: file, required: true}
definitions:
  Animal: {type: object, discriminator: kind, required: [kind], properties: {kind: {type: string}}}
  Pet:
    allOf:
      - {$ref: "#/definitions/Animal"}
      - type: object
        required: [name]
        properties:
          id: {type: integer, readOnly: true}
          name: {type: string}
          category: {type: object, properties: {id: {type: integer}, name: {type: string}}}
          friends: {type: array, items: {$ref: "#/definitions/Pet"}}
"""

MANY_FORMS: Final = """
openapi: 3.1.0
info: {title: Payments, version: "1"}
servers: [{url: https://pay.example}]
paths:
  /payouts:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [amount, to]
              properties:
                amount: {$ref: "#/components/schemas/Amount"}
                to:
                  oneOf: [{$ref: "#/components/schemas/Bank"}, {$ref: "#/components/schemas/Card"}]
                  discriminator: {propertyName: type, mapping: {bank: "#/components/schemas/Bank", card: "#/components/schemas/Card"}}
                tree: {$ref: "#/components/schemas/Tree"}
                extra: {type: object, additionalProperties: true}
                "weird name!": {type: string}
                2fa: {type: string}
                "": {type: string}
components:
  schemas:
    Amount:
      type: object
      required: [value, currency]
      properties:
        value: {type: integer, format: int64, description: "The amount, in minor units."}
        currency: {type: string, minLength: 3, maxLength: 3}
    Bank: {type: object, required: [type, iban], properties: {type: {const: bank}, iban: {type: string}, note: {type: string}}}
    Card: {type: object, required: [type, number], properties: {type: {const: card}, number: {type: string}, note: {type: [string, "null"]}}}
    Tree: {type: object, properties: {name: {type: string}, children: {type: array, items: {$ref: "#/components/schemas/Tree"}}, parent: {$ref: "#/components/schemas/Tree"}}}
"""

EVERY: Final = {
    "nested forms": NESTED_FORMS, "vendor media types": VENDOR_MEDIA_TYPES, "names in capitals": NAMES_IN_CAPITALS,
    "made by a framework": MADE_BY_A_FRAMEWORK, "wildcards and actions": WILDCARDS_AND_ACTIONS, "Swagger 2": SWAGGER_2,
    "many forms": MANY_FORMS,
}  # fmt: skip
