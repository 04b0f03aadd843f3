using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Training;

/// <summary>A stretch of the parameter arena that one thread updates, with its group's settings.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct UpdateBlock
{
    /// <summary>Its first element in the arenas of parameters and gradients, and in optimizer state laid out alike.
    /// </summary>
    public long First;

    /// <summary>Its first element in state that is kept for some parameters only.</summary>
    public long Second;

    /// <summary>Elements.</summary>
    public int Length;

    /// <summary>The group's learning rate as a multiple of the trainer's.</summary>
    public float RateScale;

    /// <summary>The group's weight decay.</summary>
    public float Decay;
}
