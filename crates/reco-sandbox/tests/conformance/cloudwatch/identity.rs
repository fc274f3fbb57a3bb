//! Identity of a series: namespace, name and the whole set of dimensions.

use super::kit::*;

/// Puts the value 1 without dimensions, 2 under one and 4 under two, and returns the namespace.
async fn three_series(kit: &Kit) -> Result<String, Failure> {
    let namespace = unique("Check");
    let sets: [&[(&str, &str)]; 3] =
        [&[], &[("Queue", "a")], &[("Queue", "a"), ("Operation", "send")]];
    let data = sets.iter().zip([1.0, 2.0, 4.0]).map(|(set, value)| {
        kit.datum("m", 0).set_dimensions(Some(dimensions(set))).value(value).build()
    });
    kit.put(&namespace, data.collect()).await?;
    Ok(namespace)
}

async fn sum(
    kit: &Kit,
    namespace: &str,
    dimensions: &[(&str, &str)],
) -> Result<Vec<(i64, f64)>, Failure> {
    kit.get(query_of("q", metric(namespace, "m", dimensions), "Sum", 60), 0, 60).await
}

pub async fn the_order_of_dimensions_means_nothing(kit: &Kit) -> Outcome {
    let namespace = three_series(kit).await?;
    for order in [[("Queue", "a"), ("Operation", "send")], [("Operation", "send"), ("Queue", "a")]]
    {
        same(&format!("{order:?}"), sum(kit, &namespace, &order).await?, vec![(0, 4.0)])?;
    }
    Ok(())
}

/// AWS Dimension: each new name/value pair creates another variation of the metric.
pub async fn fewer_dimensions_are_another_series(kit: &Kit) -> Outcome {
    let namespace = three_series(kit).await?;
    same("one", sum(kit, &namespace, &[("Queue", "a")]).await?, vec![(0, 2.0)])?;
    same("the other", sum(kit, &namespace, &[("Operation", "send")]).await?, vec![])?;
    same("its value", sum(kit, &namespace, &[("Queue", "b")]).await?, vec![])
}

pub async fn no_dimensions_are_another_series(kit: &Kit) -> Outcome {
    let namespace = three_series(kit).await?;
    same("none", sum(kit, &namespace, &[]).await?, vec![(0, 1.0)])
}
