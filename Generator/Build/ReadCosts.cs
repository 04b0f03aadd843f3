using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ModelCompiler.Build;

/// <summary>Reads the constants of the class <c>Cost</c> that the compiler writes into every model.</summary>
/// <remarks>Only metadata are read: the assembly is neither loaded nor kept open, so a build can replace it meanwhile,
/// and it may be made for another platform than this program.</remarks>
static class ReadCosts
{
    const string Flops = "Flops", Bytes = "Bytes";

    static readonly (string Name, string Text)[] Types =
        [("F32", "f32"), ("I32", "i32"), ("Bf16", "bf16"), ("F16", "f16"), ("E4m3", "e4m3"), ("E5m2", "e5m2")];

    /// <summary>Every model of an assembly that has costs, by name.</summary>
    /// <param name="path">Of a .NET assembly.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="BadImageFormatException">It is not a .NET assembly.</exception>
    public static IReadOnlyList<ModelCost> Run(string path)
    {
        using var image = new PEReader([.. File.ReadAllBytes(path)]);
        if (!image.HasMetadata)
            throw new BadImageFormatException(
                $"{path} is a native program or library; expected the .NET assembly a compiler wrote.");
        MetadataReader reader = image.GetMetadataReader();
        var models = new List<ModelCost>();
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            if (!type.GetCustomAttributes().Any(a => IsModelAttribute(reader, a))) continue;
            foreach (TypeDefinition nested in type.GetNestedTypes().Select(reader.GetTypeDefinition))
                if (reader.StringComparer.Equals(nested.Name, "Cost")
                    && Constants(reader, nested) is { Count: > 0 } constants)
                    models.Add(Describe(FullName(reader, type), constants));
        }
        return [.. models.OrderBy(m => m.Model, StringComparer.Ordinal)];
    }

    static ModelCost Describe(string model, Dictionary<string, long> constants)
    {
        TrainingCost? training = constants.TryGetValue("StepFlops", out long step)
            ? new TrainingCost(step, constants.GetValueOrDefault("ActivationBytes"),
                constants.GetValueOrDefault("TrainingBytes"))
            : null;
        // A pair of constants is one entry point; training's own three are no such pair.
        IEnumerable<EntryCost> entries = constants.Keys
            .Where(name => name.EndsWith(Flops, StringComparison.Ordinal)).Select(name => name[..^Flops.Length])
            .Where(method => constants.ContainsKey(method + Bytes)).Order(StringComparer.Ordinal)
            .Select(method => new EntryCost(method, constants[method + Flops], constants[method + Bytes]));
        return new ModelCost(model, constants.GetValueOrDefault("Parameters"), training, [.. entries])
        {
            Stored = [.. Types.Where(t => constants.ContainsKey(t.Name + "Buffers")).Select(t =>
                new StoredCost(t.Text, constants[t.Name + "Buffers"], constants[t.Name + "BufferBytes"]))],
        };
    }

    static Dictionary<string, long> Constants(MetadataReader reader, TypeDefinition type)
    {
        var constants = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (FieldDefinition field in type.GetFields().Select(reader.GetFieldDefinition))
        {
            if (!field.Attributes.HasFlag(FieldAttributes.Literal)) continue;
            Constant constant = reader.GetConstant(field.GetDefaultValue());
            if (constant.TypeCode != ConstantTypeCode.Int64) continue;
            constants[reader.GetString(field.Name)] = reader.GetBlobReader(constant.Value).ReadInt64();
        }
        return constants;
    }

    static bool IsModelAttribute(MetadataReader reader, CustomAttributeHandle handle)
    {
        EntityHandle constructor = reader.GetCustomAttribute(handle).Constructor;
        if (constructor.Kind != HandleKind.MemberReference) return false;
        EntityHandle parent = reader.GetMemberReference((MemberReferenceHandle)constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference) return false;
        TypeReference type = reader.GetTypeReference((TypeReferenceHandle)parent);
        return reader.StringComparer.Equals(type.Name, "ModelAttribute")
            && reader.StringComparer.Equals(type.Namespace, "ModelCompiler");
    }

    static string FullName(MetadataReader reader, TypeDefinition type)
    {
        string name = reader.GetString(type.Name);
        if (!type.GetDeclaringType().IsNil) return FullName(reader,
            reader.GetTypeDefinition(type.GetDeclaringType())) + "." + name;
        string ns = reader.GetString(type.Namespace);
        return ns.Length == 0 ? name : ns + "." + name;
    }
}
