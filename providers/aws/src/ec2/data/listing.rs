//! What data sources have in common that give the ids of all objects that match. Knows no type.

/// A data source that gives the ids of all objects of a kind that match.
macro_rules! ids_of {
    (
        $(#[$doc:meta])* $type:ident($name:literal),
        $(#[$filters:meta])* filter,
        $(#[$ids:meta])* ids: $describe:path => $id:ident
        $(, $(#[$tagged:meta])* $tags:ident)?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, ::terrane_sdk::DataSource)]
        #[data_source(name = $name)]
        pub struct $type {
            $(#[$filters])*
            #[block]
            pub filter: ::std::collections::BTreeSet<$crate::ec2::data_filter::DataFilter>,
            /// The region.
            pub id: ::terrane_sdk::Computed<String>,
            $(#[$ids])*
            pub ids: ::terrane_sdk::Computed<Vec<String>>,
            $($(#[$tagged])* pub $tags: ::terrane_sdk::Auto<$crate::tags::Tags>,)?
        }

        #[::terrane_sdk::async_trait]
        impl ::terrane_sdk::DataSource for $type {
            type Client = $crate::Aws;

            async fn read(aws: &$crate::Aws, config: Self) -> Result<Self, ::terrane_sdk::Error> {
                let tags = None::<$crate::tags::Tags>$(.or_else(|| config.$tags.0.clone()))?;
                let tags = tags.unwrap_or_default();
                let found = $describe(aws, $crate::ec2::data_filter::filters(&config.filter, &tags, &[])).await?;
                let ids: Vec<String> = found.iter().filter_map(|o| $crate::ec2::kind::set(o.$id())).collect();
                Ok(Self { id: aws.region().into(), ids: ids.into(), ..config })
            }
        }
    };
}
pub(super) use ids_of;
