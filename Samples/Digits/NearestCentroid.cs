using System;

namespace Samples.Digits;

/// <summary>A baseline without a network: an image is the digit whose mean image is nearest.</summary>
sealed class NearestCentroid
{
    readonly float[] centers = new float[DigitClassifier.Classes * DigitClassifier.Pixels];

    /// <summary>Averages the images of each digit.</summary>
    public NearestCentroid(DigitSet training)
    {
        Span<int> counts = stackalloc int[DigitClassifier.Classes];
        for (int i = 0; i < training.Count; i++)
        {
            counts[training.Labels[i]]++;
            Span<float> center = Center(training.Labels[i]);
            ReadOnlySpan<float> image = training.Image(i);
            for (int p = 0; p < center.Length; p++) center[p] += image[p];
        }
        for (int digit = 0; digit < DigitClassifier.Classes; digit++)
            foreach (ref float level in Center(digit)) level /= Math.Max(1, counts[digit]);
    }

    /// <summary>The part of a set that is named rightly, in [0, 1].</summary>
    public double Accuracy(DigitSet set)
    {
        int right = 0;
        for (int i = 0; i < set.Count; i++)
            if (Nearest(set.Image(i)) == set.Labels[i]) right++;
        return right / (double)set.Count;
    }

    int Nearest(ReadOnlySpan<float> image)
    {
        (int best, float least) = (0, float.PositiveInfinity);
        for (int digit = 0; digit < DigitClassifier.Classes; digit++)
        {
            ReadOnlySpan<float> center = Center(digit);
            float distance = 0;
            for (int p = 0; p < center.Length; p++) distance += (image[p] - center[p]) * (image[p] - center[p]);
            if (distance < least) (best, least) = (digit, distance);
        }
        return best;
    }

    Span<float> Center(int digit) => centers.AsSpan(digit * DigitClassifier.Pixels, DigitClassifier.Pixels);
}
