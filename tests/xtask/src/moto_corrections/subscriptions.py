"""Which earlier messages subscriptions to topics are told again."""
import json

from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend


def replay(call):
    def set_subscription_attributes(self, arn, name, value):
        if name != "ReplayPolicy":
            return call(self, arn, name, value)
        [found] = [s for s in self.subscriptions.values() if s.arn == arn]
        if not found.topic.fifo_topic:
            raise SNSInvalidParameter("Invalid parameter: ReplayPolicy is for subscriptions to FIFO topics")
        found.attributes.pop(name, None)
        if value and json.loads(value):
            found.attributes[name] = value
        return None

    return set_subscription_attributes


SNSBackend.set_subscription_attributes = replay(SNSBackend.set_subscription_attributes)
