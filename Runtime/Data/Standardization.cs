using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>
/// Brings each feature to mean 0 and deviation 1, measured on the items one trains on and nowhere else; missing values
/// become the mean.
/// </summary>
/// <remarks>
/// <para><b>Numerics</b>: sums in double by Welford's recurrence (1962); a feature that never changes is only shifted.
/// </para>
/// </remarks>
/// <example><code>
/// DataSplit split = table.Split(validation: 0.1, test: 0.2, seed: 1);
/// var scale = Standardization.Of(split.Training);
/// using var batches = new BatchReader(scale.Apply(split.Training), size: 32, seed: 1);
/// </code></example>
public sealed class Standardization
{
    readonly float[] means, factors;

    /// <summary>Takes figures measured before, such as those stored beside a trained model.</summary>
    /// <param name="means">[Features].</param>
    /// <param name="deviations">[Features]; at least 0, where 0 leaves the feature's scale as it is.</param>
    /// <exception cref="ArgumentException">Lengths differ, or a number is not finite, or a deviation is negative.
    /// </exception>
    public Standardization(ReadOnlySpan<float> means, ReadOnlySpan<float> deviations)
    {
        if (means.Length != deviations.Length || means.Length == 0)
            throw new ArgumentException(
                $"There are {means.Length} means and {deviations.Length} deviations; give one of each a feature.");
        this.means = means.ToArray();
        factors = new float[means.Length];
        for (int i = 0; i < means.Length; i++)
        {
            if (!float.IsFinite(means[i]) || !float.IsFinite(deviations[i]) || deviations[i] < 0)
                throw new ArgumentException(
                    $"Feature {i} has mean {means[i]} and deviation {deviations[i]}; both must be finite, the latter " +
                    "at least 0.");
            factors[i] = deviations[i] > 0 ? 1 / deviations[i] : 1;
        }
        Deviations = deviations.ToArray();
    }

    /// <summary>[Features].</summary>
    public ReadOnlyMemory<float> Means => means;

    /// <summary>[Features].</summary>
    public ReadOnlyMemory<float> Deviations { get; }

    /// <summary>Measures the features of a data set, without those that are missing.</summary>
    /// <param name="training">The part to train on: figures of the others would tell the model about them.</param>
    /// <exception cref="DatasetException">
    /// There are no features, or all items miss one, or one is infinite.
    /// </exception>
    public static Standardization Of(Dataset training)
    {
        ItemShape shape = training.Shape;
        if (shape.Features == 0)
            throw new DatasetException(training.Name, $"items have {shape}: there are no features to standardise.");
        var (features, ids) = (new float[shape.Features], new int[shape.Ids]);
        var (targets, labels) = (new float[shape.Targets], new int[shape.Labels]);
        var (counts, means, squares) = (new long[shape.Features], new double[shape.Features],
            new double[shape.Features]);
        for (int i = 0; i < training.Length; i++)
        {
            training.Read(i, new Item(features, ids, targets, labels));
            for (int f = 0; f < features.Length; f++)
            {
                if (float.IsNaN(features[f])) continue;
                if (float.IsInfinity(features[f]))
                    throw new DatasetException(training.Describe(i), $"feature {f} is {features[f]}. Mend the item.");
                double from = features[f] - means[f];
                means[f] += from / ++counts[f];
                squares[f] += from * (features[f] - means[f]);
            }
        }
        var deviations = new float[shape.Features];
        for (int f = 0; f < deviations.Length; f++)
        {
            if (counts[f] == 0)
                throw new DatasetException(training.Name,
                    $"all {training.Length} items miss feature {f}. Leave out its column.");
            deviations[f] = (float)Math.Sqrt(squares[f] / counts[f]);
        }
        return new(Array.ConvertAll(means, m => (float)m), deviations);
    }

    /// <summary>The same data with features standardised as they are read.</summary>
    /// <param name="data">Training, validation or test items.</param>
    /// <exception cref="ArgumentException">It has another number of features.</exception>
    public Dataset Apply(Dataset data)
    {
        if (data.Shape.Features != means.Length)
            throw new ArgumentException(
                $"{data.Name} has items of {data.Shape}; this standardization was measured on {means.Length} features.",
                nameof(data));
        return new StandardizedDataset(data, this);
    }

    /// <summary>Standardises the features of one item, as a program does that uses a trained model.</summary>
    /// <param name="features">[Features]; changed in place.</param>
    /// <exception cref="ArgumentException">There is another number of them.</exception>
    public void Apply(Span<float> features)
    {
        if (features.Length != means.Length)
            throw new ArgumentException($"There are {features.Length} features; {means.Length} were measured.",
                nameof(features));
        for (int f = 0; f < features.Length; f++)
            features[f] = float.IsNaN(features[f]) ? 0 : (features[f] - means[f]) * factors[f];
    }

    sealed class StandardizedDataset(Dataset source, Standardization scale)
        : Dataset(source.Name, source.Length, source.Shape, source.Classes)
    {
        public override void Read(int index, Item item)
        {
            source.Read(index, item);
            scale.Apply(item.Features);
        }

        public override string Describe(int index) => source.Describe(index);
    }
}
