using System;

namespace Samples.Digits;

/// <summary>Measures a classifier on images it was not trained on.</summary>
sealed class Evaluation
{
    readonly DigitSet set;
    readonly Network.LogitsCall scores;
    readonly float[] logits = new float[DigitClassifier.Batch * DigitClassifier.Classes];

    /// <summary>Makes the buffer; measuring allocates nothing.</summary>
    public Evaluation(DigitSet set, Network.LogitsCall scores)
    {
        this.set = set;
        this.scores = scores;
    }

    /// <summary>Runs every image once, as many at a time as the model takes; the last batch is smaller.</summary>
    /// <returns>The part named rightly, in [0, 1], and the mean loss in nats.</returns>
    public (double Accuracy, double Nats) Measure()
    {
        int right = 0;
        double nats = 0;
        for (int first = 0; first < set.Count; first += DigitClassifier.Batch)
        {
            int rows = Math.Min(DigitClassifier.Batch, set.Count - first);
            scores(
                set.Pixels.Slice(first * DigitClassifier.Pixels, rows * DigitClassifier.Pixels),
                    logits.AsSpan(0, rows * DigitClassifier.Classes));
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> of = logits.AsSpan(row * DigitClassifier.Classes, DigitClassifier.Classes);
                int label = set.Labels[first + row], best = 0;
                for (int digit = 1; digit < of.Length; digit++)
                    if (of[digit] > of[best]) best = digit;
                double sum = 0;
                foreach (float score in of) sum += Math.Exp(score - of[best]);
                nats += Math.Log(sum) + of[best] - of[label];
                if (best == label) right++;
            }
        }
        return (right / (double)set.Count, nats / set.Count);
    }
}
