namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// The positions of an axis of dx that are equal to a phase modulo the stride, and the kernel's taps that reach them:
/// position Phase + i · stride meets element Origin + i + j · TapStep of dy through tap First + j · Step.
/// </summary>
readonly struct GradientPhase
{
    /// <param name="phase">From 0 to below the stride.</param>
    /// <param name="length">Of the axis of dx.</param>
    /// <param name="kernel">Taps of the kernel.</param>
    /// <param name="stride">Of the convolution.</param>
    /// <param name="padding">Of the convolution.</param>
    /// <param name="dilation">Of the convolution.</param>
    public GradientPhase(int phase, int length, int kernel, int stride, int padding, int dilation)
    {
        Phase = phase;
        Count = (length - phase + stride - 1) / stride;
        int common = Common(stride, dilation);
        Step = stride / common;
        TapStep = -(dilation / common);
        while (First < kernel && (phase + padding - First * dilation) % stride != 0) First++;
        Taps = First < kernel ? (kernel - First + Step - 1) / Step : 0;
        Origin = Taps == 0 ? 0 : (phase + padding - First * dilation) / stride;
    }

    /// <summary>The first position.</summary>
    public int Phase { get; }

    /// <summary>Positions of the axis.</summary>
    public int Count { get; }

    /// <summary>Taps that reach them; may be 0.</summary>
    public int Taps { get; }

    /// <summary>The first of these taps.</summary>
    public int First { get; }

    /// <summary>From one of these taps to the next.</summary>
    public int Step { get; }

    /// <summary>Element of dy that the first tap meets at the first position; may be outside.</summary>
    public int Origin { get; }

    /// <summary>Elements of dy from one of these taps to the next.</summary>
    public int TapStep { get; }

    static int Common(int a, int b) => b == 0 ? a : Common(b, a % b);
}
