using System;
using ModelCompiler.Runtime.Data;

namespace Samples.FashionMnist;

/// <summary>Measures a network on images it was not trained on.</summary>
/// <param name="set">All of its images count.</param>
/// <param name="scores">Images to the scores of each kind.</param>
sealed class Evaluation(IdxImages set, Network.LogitsCall scores)
{
    readonly float[] images = new float[Images.Batch * Images.Pixels];
    readonly float[] logits = new float[Images.Batch * Images.Classes];
    readonly int[] labels = new int[Images.Batch];

    /// <summary>Runs every image once, as many at a time as the model takes; the last batch is smaller.</summary>
    /// <returns>The part named rightly, in [0, 1], and the mean loss in nats.</returns>
    public (double Accuracy, double Nats) Measure()
    {
        int right = 0;
        double nats = 0;
        for (int first = 0; first < set.Length; first += Images.Batch)
        {
            int rows = Math.Min(Images.Batch, set.Length - first);
            for (int i = 0; i < rows; i++)
                set.Read(first + i, new Item(images.AsSpan(i * Images.Pixels, Images.Pixels), default, default,
                    labels.AsSpan(i, 1)));
            scores(images.AsSpan(0, rows * Images.Pixels), logits.AsSpan(0, rows * Images.Classes));
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> of = logits.AsSpan(row * Images.Classes, Images.Classes);
                int best = 0;
                for (int kind = 1; kind < of.Length; kind++)
                    if (of[kind] > of[best]) best = kind;
                double sum = 0;
                foreach (float score in of) sum += Math.Exp(score - of[best]);
                nats += Math.Log(sum) + of[best] - of[labels[row]];
                if (best == labels[row]) right++;
            }
        }
        return (right / (double)set.Length, nats / set.Length);
    }
}
