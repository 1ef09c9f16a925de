"""What the HTTP frame costs: a warm call through the handler, against handlers written by hand and with FastAPI."""

import json
import os
import time
from contextlib import redirect_stderr
from types import SimpleNamespace
from typing import Any

from scripts.measure.offline import answer_with
from scripts.measure.ratios import in_turn, row, seconds

CONTEXT = SimpleNamespace(aws_request_id="1", function_name="bench")
ROUNDS, TIMES = 15, 200


def measure() -> None:
    os.environ |= {"JWT_SECRET": "a secret for the bench, 32 bytes", "AWS_ACCESS_KEY_ID": "x"}
    os.environ |= {"AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    print(f"medians of {ROUNDS} rounds of {TIMES} warm calls, in turn; AWS answers at the socket, without a network")
    with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):  # the log lines are made, and not shown
        warm_call()
        same_route_in_fastapi()


def warm_call() -> None:
    """GET /api/watch-progress/{id}: authentication, rate limit and a read; the same three AWS calls by hand."""
    from functions.progress.app import handler
    from shared import aws
    from shared.accounts import tokens

    now = int(time.time())
    token = tokens.sign_for("ada", "s1", "access")
    text = {name: {"S": "x"} for name in ("email", "username", "name", "picture", "password_hash")}
    text |= {"id": {"S": "ada"}, "role": {"S": "user"}, "google_sub": {"S": ""}, "created_at": {"S": "x"}}
    profile = {"pk": {"S": "ACCOUNT#ada"}, "sk": {"S": "PROFILE"}, "email_verified": {"BOOL": True}, **text}
    session = {"pk": {"S": "ACCOUNT#ada"}, "sk": {"S": "SESSION#s1"}, "expires": {"N": str(now + 9999)}}
    place = {
        "file_id": {"S": "f"},
        "current_time": {"N": "5.5"},
        "duration": {"N": "10"},
        "progress_percent": {"N": "55"},
    }
    bodies = {
        "BatchGetItem": json.dumps({"Responses": {"Accounts": [profile, session]}, "UnprocessedKeys": {}}).encode(),
        "UpdateItem": json.dumps({"Attributes": {counter(now + 60 * n): {"N": "1"} for n in range(5)}}).encode(),
        "GetItem": json.dumps({"Item": place | {"last_watched": {"N": "1"}}}).encode(),
    }
    answer_with(aws.client("dynamodb"), bodies)
    by_hand = handwritten(bodies)
    event = event_of("/api/watch-progress/f", {"authorization": f"Bearer {token}"})
    agree(handler, by_hand, event)
    timed = in_turn(
        lambda: seconds(lambda: handler(event, CONTEXT), TIMES),
        lambda: seconds(lambda: by_hand(event, CONTEXT), TIMES),
        ROUNDS,
    )
    row("warm call / hand-written handler, same AWS calls", *timed, bar="≤ 1.5")


def counter(now: int) -> str:
    return f"general_{now % 3600 // 60}"


def handwritten(bodies: dict[str, bytes]) -> Any:
    """The shortest handler that does the same job: one function, boto3 and PyJWT."""
    import boto3
    import jwt

    client = boto3.client("dynamodb", region_name="us-east-1")
    answer_with(client, bodies)

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        bearer = event["headers"]["authorization"].removeprefix("Bearer ")
        claims = jwt.decode(bearer, os.environ["JWT_SECRET"], algorithms=["HS256"])
        account, session = claims["sub"], claims["sid"]
        pk = {"S": f"ACCOUNT#{account}"}
        keys = [{"pk": pk, "sk": {"S": f"SESSION#{session}"}}, {"pk": pk, "sk": {"S": "PROFILE"}}]
        rows = client.batch_get_item(RequestItems={"Accounts": {"Keys": keys, "ConsistentRead": True}})
        by_key = {row["sk"]["S"]: row for row in rows["Responses"]["Accounts"]}
        now = int(time.time())
        if int(by_key[f"SESSION#{session}"]["expires"]["N"]) <= now:
            return {"statusCode": 401, "body": '{"error":"Unauthorized"}'}
        counted = client.update_item(
            TableName="Traffic",
            Key={"pk": {"S": f"LIMIT#{account}"}, "sk": {"S": str(now // 3600)}},
            UpdateExpression="SET #e = :e ADD #n :n",
            ExpressionAttributeNames={"#e": "expires", "#n": counter(now)},
            ExpressionAttributeValues={":e": {"N": str(now + 120)}, ":n": {"N": "1"}},
            ReturnValues="ALL_NEW",
        )
        if int(counted["Attributes"][counter(now)]["N"]) > 1000:
            return {"statusCode": 429, "body": '{"error":"Too Many Requests"}'}
        file_id = event["rawPath"].rpartition("/")[2]
        key = {"pk": {"S": f"OWNER#{account}"}, "sk": {"S": f"PROGRESS#{file_id}"}}
        item = client.get_item(TableName="Library", Key=key, ConsistentRead=True)["Item"]
        body = {
            "user_id": account,
            "file_id": item["file_id"]["S"],
            "current_time": float(item["current_time"]["N"]),
            "duration": float(item["duration"]["N"]),
            "progress_percent": float(item["progress_percent"]["N"]),
            "last_watched": int(item["last_watched"]["N"]),
        }
        return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}

    return handler


def same_route_in_fastapi() -> None:
    """POST with a validated body and a JSON answer, and no AWS call: what is left is the frame."""
    from typing import Annotated

    import fastapi
    import pydantic
    from mangum import Mangum
    from msgspec import Meta, Struct

    from shared.entry.http import http
    from shared.web import Call, api, post
    from shared.web.dialects import library

    class Rating(Struct):
        rating: Annotated[int, Meta(ge=1, le=5)]
        user_id: str

    class Rated(Struct):
        success: bool
        rating: int
        file_id: str

    class FilePath(Struct):
        file_id: str

    def rate(call: Call[Rating, None, FilePath]) -> Rated:
        return Rated(True, call.body.rating, call.path.file_id)

    table = post("/ratings/{file_id}", rate, path=FilePath, body=Rating, returns=Rated, limits=())
    ours = http(api(table, dialect=library))

    class TheirRating(pydantic.BaseModel):
        rating: Annotated[int, pydantic.Field(ge=1, le=5)]
        user_id: str

    class TheirRated(pydantic.BaseModel):
        success: bool
        rating: int
        file_id: str

    app = fastapi.FastAPI()

    @app.post("/ratings/{file_id}")
    def their_rate(file_id: str, body: TheirRating) -> TheirRated:
        return TheirRated(success=True, rating=body.rating, file_id=file_id)

    theirs = Mangum(app, lifespan="off")
    event = event_of("/ratings/f1", {"content-type": "application/json"}, '{"rating":4,"user_id":"ada"}')
    agree(ours, theirs, event)
    timed = in_turn(
        lambda: seconds(lambda: theirs(event, CONTEXT), TIMES),
        lambda: seconds(lambda: ours(event, CONTEXT), TIMES),
        ROUNDS,
    )
    row("the same route in FastAPI + Mangum / ours", *timed, bar="≥ 2")


def event_of(path: str, headers: dict[str, str], body: str = "") -> dict[str, Any]:
    http = {"method": "POST" if body else "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "bobine.test", **headers},
        "requestContext": {"http": http, "requestId": "1", "stage": "$default"},
        "isBase64Encoded": False,
        **({"body": body} if body else {}),
    }


def agree(ours: Any, theirs: Any, event: dict[str, Any]) -> None:
    """Only things that do the same may be compared."""
    mine, yours = ours(event, CONTEXT), theirs(event, CONTEXT)
    if mine["statusCode"] != 200 or json.loads(mine["body"]) != json.loads(yours["body"]):
        raise RuntimeError(f"not the same: {mine} and {yours}")
