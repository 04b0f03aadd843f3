using System;

namespace ModelCompiler;

/// <summary>What a model is compiled for beside the processor; without it, for the processor alone.</summary>
/// <remarks>Each target has generated code of its own; where a model runs, the device says that it is given:
/// <c>Device.Cpu</c>, <c>Device.Cuda(0)</c>.</remarks>
/// <example><code>[Model, Targets(Target.Cpu | Target.Cuda)] public sealed partial class CharGpt { … }</code></example>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TargetsAttribute(Target targets) : Attribute
{
    /// <summary>All of them.</summary>
    public Target Targets { get; } = targets;
}
