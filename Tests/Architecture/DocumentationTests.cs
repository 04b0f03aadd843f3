using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ModelCompiler.Tests.Architecture;

/// <summary>Public documentation gives what style asks for: shapes first, source, numerics, error, memory, errors, an example.</summary>
public sealed class DocumentationTests
{
    static readonly Dictionary<string, XElement> Members = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "ModelCompiler.Definitions.xml"))
        .Descendants("member").ToDictionary(m => (string)m.Attribute("name")!);

    static readonly HashSet<string> Public = [.. typeof(global::ModelCompiler.Operators).GetMethods().Select(m => m.Name)];

    static IEnumerable<KeyValuePair<string, XElement>> Operators =>
        Members.Where(m => m.Key.StartsWith("M:ModelCompiler.Operators.", StringComparison.Ordinal) && m.Value.Element("inheritdoc") is null
            && Public.Contains(Regex.Match(m.Key, @"Operators\.(\w+)").Groups[1].Value)
            && !Regex.IsMatch(m.Key, @"\.(Repeat|Fold|Scan)\b"));

    [Fact]
    public void EveryOperator_DocumentsItsSourceNumericsErrorMemoryAndErrors()
    {
        Assert.True(Operators.Count() > 30);
        foreach ((string name, XElement member) in Operators)
        {
            Assert.True(Text(member, "summary").Length > 5, $"{name}: summary");
            string remarks = Text(member, "remarks");
            int at = -1;
            foreach (string field in new[] { "Source:", "Numerics:", "Error:", "Memory:", "Errors:" })
            {
                int found = remarks.IndexOf(field, StringComparison.Ordinal);
                Assert.True(found > at, $"{name}: {field} is missing from the remarks, or out of order");
                at = found;
            }
            Assert.True(Text(member, "returns").Length > 0, $"{name}: returns");
            Assert.True(member.Element("example") is not null, $"{name}: example");
        }
    }

    [Fact]
    public void EveryTensorParameterOfAnOperator_StartsWithItsShape()
    {
        int tensors = 0;
        foreach ((string name, XElement member) in Operators)
        {
            string signature = name[(name.IndexOf('(') + 1)..^1];
            string[] types = Regex.Split(signature, @",(?![^{]*\})");
            XElement[] parameters = [.. member.Elements("param")];
            Assert.True(parameters.Length == types.Length || signature.Length == 0, $"{name}: every parameter is documented");
            for (int i = 0; i < parameters.Length; i++)
                if (types[i].StartsWith("ModelCompiler.Tensor", StringComparison.Ordinal))
                {
                    Assert.Matches(@"^(\[|A shape|Any shape|Any shapes|The shape|The same|Broadcasts|Shape)", parameters[i].Value.Trim());
                    tensors++;
                }
        }
        Assert.True(tensors > 40);
    }

    [Fact]
    public void EveryLayer_DocumentsItsSourceAndParameters()
    {
        string[] layers = [.. SourceFiles.All.Where(f => f.StartsWith("Definitions/Layers/", StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f))];
        Assert.True(layers.Length >= 6);
        foreach (string layer in layers)
        {
            string remarks = Text(Members[$"T:ModelCompiler.{layer}"], "remarks");
            Assert.Contains("Source:", remarks, StringComparison.Ordinal);
            Assert.Contains("Parameters:", remarks, StringComparison.Ordinal);
        }
    }

    static string Text(XElement member, string element) => Regex.Replace(member.Element(element)?.Value ?? "", @"\s+", " ").Trim();
}
