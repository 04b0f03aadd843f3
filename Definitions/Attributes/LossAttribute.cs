using System;

namespace ModelCompiler;

/// <summary>The scalar that training minimises. At most one method of a model carries it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LossAttribute : Attribute;
