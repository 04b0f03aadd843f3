using System;
using ModelCompiler.Runtime.Data;

namespace Samples.FashionMnist;

/// <summary>A baseline without a network: an image is of the kind whose mean image is nearest.</summary>
static class NearestCentroid
{
    /// <summary>The part of a set that is named rightly, in [0, 1].</summary>
    public static double Accuracy(IdxImages training, IdxImages test)
    {
        var centers = new float[Images.Classes * Images.Pixels];
        var counts = new int[Images.Classes];
        var image = new float[Images.Pixels];
        var label = new int[1];
        for (int i = 0; i < training.Length; i++)
        {
            training.Read(i, new Item(image, default, default, label));
            counts[label[0]]++;
            Span<float> center = centers.AsSpan(label[0] * Images.Pixels, Images.Pixels);
            for (int p = 0; p < center.Length; p++) center[p] += image[p];
        }
        for (int i = 0; i < centers.Length; i++) centers[i] /= Math.Max(1, counts[i / Images.Pixels]);
        int right = 0;
        for (int i = 0; i < test.Length; i++)
        {
            test.Read(i, new Item(image, default, default, label));
            if (Nearest(centers, image) == label[0]) right++;
        }
        return right / (double)test.Length;
    }

    static int Nearest(float[] centers, float[] image)
    {
        (int best, float least) = (0, float.PositiveInfinity);
        for (int kind = 0; kind < Images.Classes; kind++)
        {
            ReadOnlySpan<float> center = centers.AsSpan(kind * Images.Pixels, Images.Pixels);
            float distance = 0;
            for (int p = 0; p < center.Length; p++) distance += (image[p] - center[p]) * (image[p] - center[p]);
            if (distance < least) (best, least) = (kind, distance);
        }
        return best;
    }
}
