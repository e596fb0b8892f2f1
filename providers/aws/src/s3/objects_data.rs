//! Data source `aws_s3_objects`: the names of the objects in a bucket.

use crate::Aws;
use aws_sdk_s3::types::{EncodingType, RequestPayer};
use terrane_sdk::{Computed, DataSource, Error, async_trait, validate};

use super::remote::text;

/// The names of objects.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_s3_objects")]
pub struct ObjectsData {
    /// The name of the bucket.
    pub bucket: String,
    /// What the names have in common up to the delimiter.
    pub common_prefixes: Computed<Vec<String>>,
    /// Names that have this after the prefix are told by what they have in common up to it.
    pub delimiter: Option<String>,
    /// How names are written: `url`, or as they are.
    #[attr(validate = validate::one_of(&["url"]))]
    pub encoding_type: Option<String>,
    /// Whether owners are told.
    pub fetch_owner: Option<bool>,
    /// The name of the bucket.
    pub id: Computed<String>,
    /// The names.
    pub keys: Computed<Vec<String>>,
    /// How many names are told; 1000 when it is not set.
    pub max_keys: Option<i64>,
    /// The owners of the objects.
    pub owners: Computed<Vec<String>>,
    /// What the names begin with.
    pub prefix: Option<String>,
    /// Who was charged.
    pub request_charged: Computed<String>,
    /// `requester`, to pay for the request oneself.
    #[attr(validate = validate::one_of(&["requester"]))]
    pub request_payer: Option<String>,
    /// Only names that come after this one.
    pub start_after: Option<String>,
}

#[async_trait]
impl DataSource for ObjectsData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = config.max_keys.and_then(|n| usize::try_from(n).ok()).unwrap_or(1000);
        let (mut keys, mut owners, mut prefixes, mut token) = (Vec::new(), Vec::new(), Vec::new(), None);
        let mut charged = String::new();
        while keys.len() < wanted {
            let page = i32::try_from((wanted - keys.len()).min(1000)).unwrap_or(1000);
            let call = (aws.s3().list_objects_v2().bucket(&config.bucket))
                .set_delimiter(text(&config.delimiter))
                .set_encoding_type(text(&config.encoding_type).as_deref().map(EncodingType::from))
                .set_fetch_owner(config.fetch_owner)
                .set_prefix(text(&config.prefix))
                .set_request_payer(text(&config.request_payer).as_deref().map(RequestPayer::from))
                .set_start_after(text(&config.start_after))
                .set_continuation_token(token.take())
                .max_keys(page);
            let page = aws.call("s3:ListObjectsV2", call.send()).await?;
            for object in page.contents.into_iter().flatten() {
                owners.extend(object.owner.and_then(|o| o.id));
                keys.extend(object.key);
            }
            prefixes.extend(page.common_prefixes.into_iter().flatten().filter_map(|p| p.prefix));
            charged = page.request_charged.map(|c| c.as_str().to_owned()).unwrap_or(charged);
            token = page.next_continuation_token.filter(|_| page.is_truncated == Some(true));
            if token.is_none() {
                break;
            }
        }
        Ok(ObjectsData {
            id: config.bucket.as_str().into(),
            keys: keys.into(),
            owners: owners.into(),
            common_prefixes: prefixes.into(),
            request_charged: charged.into(),
            ..config
        })
    }
}
