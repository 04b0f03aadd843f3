namespace Samples.Austen;

/// <summary>What random numbers are drawn for: each purpose has its own, so that one does not shift another.</summary>
static class RandomStreams
{
    /// <summary>Characters of sampled text.</summary>
    public const uint Sampling = 2;
}
