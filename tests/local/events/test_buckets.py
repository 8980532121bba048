"""What EventBridge hears of objects in buckets.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from typing import Any

from tests.local.events.conftest import OnMoto


async def test_given_a_bucket_with_eventbridge_when_objects_come_and_go_then_events_say_so_and_else_none(
    on_moto: OnMoto,
) -> None:
    for bucket in ("told", "silent"):
        await on_moto.do("s3", "create_bucket", Bucket=bucket)
    configuration: dict[str, Any] = {"EventBridgeConfiguration": {}}
    await on_moto.do(
        "s3", "put_bucket_notification_configuration", Bucket="told", NotificationConfiguration=configuration
    )
    for bucket in ("told", "silent"):
        await on_moto.do("s3", "put_object", Bucket=bucket, Key="a/b.txt", Body=b"seven!!")
    await on_moto.do("s3", "delete_object", Bucket="told", Key="a/b.txt")
    created, deleted = on_moto.events.journal.events
    assert (created["source"], created["detail-type"]) == ("aws.s3", "Object Created")
    assert created["resources"] == ["arn:aws:s3:::told"]
    assert created["detail"]["bucket"] == {"name": "told"}
    assert created["detail"]["reason"] == "PutObject"
    stored = created["detail"]["object"]
    assert (stored["key"], stored["size"]) == ("a/b.txt", 7)
    assert '"' not in stored["etag"]
    assert deleted["detail-type"] == "Object Deleted"
