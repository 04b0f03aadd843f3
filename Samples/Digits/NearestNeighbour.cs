using System;

namespace Samples.Digits;

/// <summary>A baseline without a network: an image is the digit of the nearest image that was trained on.</summary>
static class NearestNeighbour
{
    /// <summary>The part of a set that is named rightly, in [0, 1].</summary>
    public static double Accuracy(DigitSet training, DigitSet test)
    {
        int right = 0;
        for (int i = 0; i < test.Count; i++)
            if (training.Labels[Nearest(training, test.Image(i))] == test.Labels[i]) right++;
        return right / (double)test.Count;
    }

    static int Nearest(DigitSet set, ReadOnlySpan<float> image)
    {
        (int best, float least) = (0, float.PositiveInfinity);
        for (int i = 0; i < set.Count; i++)
        {
            ReadOnlySpan<float> other = set.Image(i);
            float distance = 0;
            for (int p = 0; p < other.Length; p++) distance += (image[p] - other[p]) * (image[p] - other[p]);
            if (distance < least) (best, least) = (i, distance);
        }
        return best;
    }
}
